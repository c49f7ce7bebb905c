"""A quotation that begins with a kind in brackets is a callout."""

import pytest

from notes.markdown import render


def html_of(text: str) -> str:
    return "".join(block.html for block in render(text).blocks)


def test_a_callout_with_a_title() -> None:
    html = html_of("> [!tip] Remember *this*\n> SYN and FIN each use up one number.")
    assert html == (
        '<div class="callout callout-tip" role="note">\n<strong>Remember <em>this</em></strong>\n'
        "<p>SYN and FIN each use up one number.</p>\n</div>"
    )


def test_without_a_title_it_is_named_after_its_kind() -> None:
    assert "<strong>Warning</strong>" in html_of("> [!WARNING]\n> careful")


def test_a_title_alone_leaves_no_empty_paragraph() -> None:
    assert "<p>" not in html_of("> [!note] Only this")
    assert "<p>" not in html_of("> [!note]")


def test_other_blocks_follow_the_title() -> None:
    html = html_of("> [!note] List\n>\n> - a\n> - b\n")
    assert "<strong>List</strong>\n<ul>" in html


@pytest.mark.parametrize(("kind", "shown"), [("info", "note"), ("question", "important"), ("bug", "caution")])
def test_names_of_other_programs_are_understood(kind: str, shown: str) -> None:
    html = html_of(f"> [!{kind}]- Folded there\n> x")
    assert f'class="callout callout-{shown}"' in html
    assert "<strong>Folded there</strong>" in html


@pytest.mark.parametrize("text", ["> [!cheese] x", "> plain", "> a [!tip] x", "[!tip] x", "> [!tip]x"])
def test_anything_else_stays_what_it_was(text: str) -> None:
    assert "callout" not in html_of(text)


def test_callouts_nest() -> None:
    html = html_of("> [!note] Outer\n> a\n>\n> > [!tip] Inner\n> > b\n>\n> > plain\n")
    assert html.count('class="callout') == 2
    assert html.count("<blockquote>") == 0 or "plain" in html
