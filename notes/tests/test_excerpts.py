"""The first words of a note, as cards show them: made in the server's own process, whatever the text."""

import time

import pytest

from notes.services.contents import EXCERPT_LENGTH, excerpt_of


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("# Title\n\nPlain *words*.", "Plain words."),
        ("See [the page](https://example.org/a) and ![a cat](cat.png).", "See the page and a cat."),
        ("- [x] done\n- [ ] open", "done open"),
        ("```\ncode\n```\nafter", "after"),
        ("[a] (b) [c", "[a] (b) [c"),
        ("Each step costs $O(n)$, or $n^{2}$.", "Each step costs O(n), or n^2."),
        (r"No deeper than $\log_2 n$, nor $\alpha$.", "No deeper than log2 n, nor …."),
        (r"The rate is $\frac{w}{RTT}$ at most.", "The rate is … at most."),
        ("Before.\n\n$$\n\\sum_i x_i\n$$\n\nAfter.", "Before. After."),
        ("$$ \\alpha $$\nAfter.\n  $$\n\\never closed", "After."),
        ("From $5 to $10 a month.", "From $5 to $10 a month."),
    ],
)
def test_an_excerpt_has_the_words_without_their_marks(text: str, excerpt: str) -> None:
    assert excerpt_of(text) == excerpt


@pytest.mark.parametrize("piece", ["[", "[a](", "![", "`", "*", "- ", "1", "word ", "$", "$a", "$ ", "$\\\\a$", " $$"])
def test_no_text_holds_up_the_server(piece: str) -> None:
    begun = time.thread_time()
    assert len(excerpt_of(piece * (1_000_000 // len(piece)))) <= EXCERPT_LENGTH
    assert time.thread_time() - begun < 1
