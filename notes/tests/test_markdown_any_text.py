"""Whatever the text: it can be set, the page can be read, and nothing in it does harm."""

from hypothesis import given, settings
from hypothesis import strategies as st

from notes.markdown import render
from notes.markdown.rendered import from_data
from notes.tests.markup import assert_harmless

MARKS = r"""
    * ** _ ~~ ` ``` ~~~ # ## > - + 1. | \ [ ] ( ) ! < > & $ $$ ^ ^[ [^1] [^1]: [x]: [!tip] [x] :-: --- === ::
    http:// https://a.b a@b.c javascript: mermaid math python <b> </b> <!-- &lt; &#0; \frac { } \text é 漢 🎈 a 1 " '
"""
SPACES = ["\n", "\n\n", "\t", " ", "    ", "\r", "\r\n", "\0", "\u00a0", "\u2028", "\u202e", "\ufeff"]
SIGNS = st.sampled_from(MARKS.split() + SPACES)
TEXTS = st.one_of(st.lists(SIGNS, max_size=60).map("".join), st.text(max_size=300))


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_text_is_set_harmlessly(text: str) -> None:
    page = render(text)
    assert not page.trouble
    for block in page.blocks:
        assert_harmless(block.html)
    assert from_data(page.as_data()) == page


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_the_lines_always_add_up(text: str) -> None:
    """Unless nothing is shown: then nobody owns the lines."""
    lines = sum(block.lines for block in render(text).blocks)
    assert lines in (0, text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1)
