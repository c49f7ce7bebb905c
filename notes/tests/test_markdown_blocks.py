"""A page is cut into blocks, each whole in itself, and what spans blocks still works."""

from notes.markdown import render
from notes.tests.markup import read

TEXT = """
# One

A [link][where], a note[^1].

- a
- b

    still b

```python
x

y
```

[where]: https://example.org/there
[^1]: Far *away*.

End.

"""


def test_each_block_is_whole_html() -> None:
    for block in render(TEXT).blocks:
        read(block.html)


def test_the_page_is_its_blocks_in_order() -> None:
    page = render(TEXT)
    at = [page.html.index(block.html) for block in page.blocks]
    assert at == sorted(at)
    assert [element for element in read(page.html).elements if element[1].get("class") == "block"] == [
        ("div", {"id": f"block-{number}", "class": "block", "data-lines": str(block.lines)})
        for number, block in enumerate(page.blocks, 1)
    ]


def test_the_lines_of_the_blocks_add_up_to_the_text() -> None:
    page = render(TEXT)
    assert sum(block.lines for block in page.blocks) == TEXT.count("\n") + 1
    line = 0
    for block in page.blocks[:-1]:
        assert block.first_line == line
        line += block.lines


def test_definitions_reach_across_blocks() -> None:
    html = render(TEXT).html
    assert 'href="https://example.org/there"' in html
    assert '<a href="#p-fn--1" id="p-fnref--1"' in html


def test_footnotes_are_the_last_block_and_have_no_lines() -> None:
    last = render(TEXT).blocks[-1]
    assert last.html.startswith('<section class="footnotes" role="doc-endnotes"')
    assert "Far <em>away</em>." in last.html
    assert 'href="#p-fnref--1"' in last.html
    assert last.lines == 0


def test_a_footnote_used_twice_leads_back_twice() -> None:
    html = render("a[^x] b[^x]\n\n[^x]: note").html
    for reference in ("p-fnref--1", "p-fnref--1-1"):
        assert f'id="{reference}"' in html
        assert f'href="#{reference}"' in html


def test_an_inline_footnote() -> None:
    assert "aside *" not in render("word^[aside *text*]").html
    assert "aside <em>text</em>" in render("word^[aside *text*]").html


def test_a_change_in_one_block_leaves_the_hashes_of_the_others() -> None:
    before, after = render("# A\n\none\n\ntwo"), render("# A\n\nONE\n\ntwo")
    same = [old.hash == new.hash for old, new in zip(before.blocks, after.blocks, strict=True)]
    assert same == [True, False, True]


def test_a_block_inserted_above_leaves_the_hashes_below() -> None:
    before, after = render("one\n\ntwo"), render("zero\n\none\n\ntwo")
    assert [block.hash for block in after.blocks[1:]] == [block.hash for block in before.blocks]
