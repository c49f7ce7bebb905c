"""Links of three schemes; bare addresses become links; images do not load."""

import pytest

from notes.markdown import render


def html_of(text: str) -> str:
    return "".join(block.html for block in render(text).blocks)


def link(href: str, words: str, extra: str = "") -> str:
    return f'<a href="{href}"{extra} rel="noopener noreferrer nofollow ugc">{words}</a>'


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/a_b_c*d*", "https://example.org/a_b_c*d"),
        ("see https://example.org/a.", "https://example.org/a"),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)"),
        ("https://example.org/?a=b#c, and", "https://example.org/?a=b#c"),
        ("**https://example.org**", "https://example.org"),
        ("<https://example.org>", "https://example.org"),
        ('"http://example.org/x"', "http://example.org/x"),
    ],
)
def test_a_bare_address_is_a_link(text: str, address: str) -> None:
    assert link(address, address) in html_of(text)


def test_a_mailbox_is_a_link() -> None:
    assert link("mailto:ada@example.org", "ada@example.org") in html_of("Write to ada@example.org.")


@pytest.mark.parametrize(
    "text",
    [
        "app.py and README.md",
        "example.org",
        "ftp://a.b",
        "xhttp://a.b",
        "a@b",
        "@ada",
        "`https://a.b`",
        "http://",
        "::",
    ],
)
def test_other_words_are_no_links(text: str) -> None:
    assert "<a " not in html_of(text)


def test_an_address_within_a_link_is_no_second_link() -> None:
    assert html_of("[https://a.b](/x)").count("<a ") == 1


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc", "tel:1"])
def test_other_schemes_are_text(target: str) -> None:
    assert "<a " not in html_of(f"[x]({target})")
    assert "<a " not in html_of(f"<{target}>")
    assert "<a " not in html_of(f"![x]({target})")


def test_relative_links_stay_relative() -> None:
    assert link("/notes/abc/", "note") in html_of("[note](/notes/abc/)")


def test_an_image_is_a_link_with_its_words() -> None:
    image = link("https://evil.example/x.png", "a cat", ' class="image"')
    html = html_of('![a *cat*](https://evil.example/x.png "title")')
    assert image in html
    assert "<img" not in html


def test_an_image_without_words_is_named_after_its_file() -> None:
    assert link("https://evil.example/a/x.png", "x.png", ' class="image"') in html_of(
        "![](https://evil.example/a/x.png)"
    )


def test_an_image_in_a_link_is_its_words() -> None:
    assert html_of("[![logo](/l.png)](https://a.b)") == f"<p>{link('https://a.b', 'logo')}</p>"
