"""Headings have ids, an outline, and can be linked to."""

from notes.markdown import Heading, render


def test_the_outline_lists_the_headings() -> None:
    page = render("# A *b* `c`\n\n## Über uns\n\ntext\n\nSetext\n---\n")
    assert page.outline == (
        Heading(1, "A b c", "p-a-b-c"),
        Heading(2, "Über uns", "p-über-uns"),
        Heading(2, "Setext", "p-setext"),
    )
    assert '<h2 id="p-über-uns">Über uns</h2>' in page.html


def test_equal_headings_have_different_ids() -> None:
    page = render("# A\n\n# A\n\n# A 2\n\n# A\n")
    ids = [heading.id for heading in page.outline]
    assert ids == ["p-a", "p-a-2", "p-a-2-2", "p-a-3"]


def test_a_heading_never_takes_the_id_of_a_footnote() -> None:
    page = render("# fn--1\n\na[^1]\n\n[^1]: b")
    assert page.html.count('id="p-fn--1"') == 1
    assert page.outline[0].id == "p-fn-1"


def test_a_heading_without_letters_still_has_an_id() -> None:
    assert render("# 🎈").outline[0].id == "p-section"


def test_a_heading_never_takes_the_id_of_a_part_of_the_page() -> None:
    for name in ("feed", "preview", "presence"):
        assert f'id="{name}"' not in render(f"# {name}").html


def test_links_within_the_page_reach_the_heading() -> None:
    html = render("[see](#what-it-costs) [too](#What%20it%20costs)\n\n## What it costs").html
    assert html.count('href="#p-what-it-costs"') == 2


def test_a_heading_in_a_quotation_is_not_in_the_outline() -> None:
    assert render("> # quoted").outline == ()


def test_many_equal_headings_do_not_take_quadratic_time() -> None:
    assert len({heading.id for heading in render("# a\n\n" * 3000).outline}) == 3000
