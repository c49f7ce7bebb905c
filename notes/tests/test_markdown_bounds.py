"""No text can hold up the server: rendering answers within seconds, and goes on with the next."""

import contextlib
import time

import pytest

from notes.markdown import render
from notes.markdown.pool import Pool, TooSlowError
from notes.markdown.safely import SECONDS

SIZE = 60_000


def filled(piece: str) -> str:
    return piece * (SIZE // len(piece))


# Each of these was slow, or would be with the libraries' defaults.
QUICK = {
    "quotes (quadratic with a typographer)": filled('"'),
    "colons": filled(":"),
    "schemes (minutes with the library's rule)": filled("http:"),
    "open autolinks": filled("<http://"),
    "mailboxes": filled("a@"),
    "closing brackets after an address": "http://a.b/" + filled(")"),
    "a very long address": "http://" + filled("a"),
    "quotations": "\n".join("> " * depth + "a" for depth in range(1, 400)),
    "lists": "\n".join("  " * depth + "- a" for depth in range(300)),
    "emphasis": filled("*a ") + filled("b*"),
    "backticks": "".join("e" + "`" * length for length in range(440)),
    "dollars": filled("$"),
    "braces in a formula": "$$" + "{" * 1900 + "}" * 1900 + "$$",
    "fences": filled("```\n"),
    "entities": filled("&amp;"),
    "tags": filled("<div>"),
    "tabs": filled("\ta\n"),
}
SLOW = {
    "open images": filled("!["),
    "open footnotes": filled("^["),
    "nested footnotes": "^[" * 33_000 + "]" * 33_000,
    "nested images": "![" * 50_000 + "a" + "](b)" * 50_000,
    "empty cells": "a|" * 300 + "\n" + "-|" * 300 + "\n" + filled("x\n"),
    "addresses that grow": "[a]: " + "b" * 1000 + "\n\n" + filled("[a] "),
    "footnotes that refer to each other": "[^a]: b\n\n" + filled("[^a] "),
}


@pytest.mark.parametrize("text", QUICK.values(), ids=QUICK.keys())
def test_a_known_trap_is_none_any_more(text: str) -> None:
    before = time.process_time()
    render(text)
    assert time.process_time() - before < SECONDS


def test_a_text_that_takes_too_long_is_given_up_and_the_next_is_set() -> None:
    pool = Pool(workers=1)
    try:
        for text in SLOW.values():
            pool.render("x", 20)  # a fresh process after one was killed; not part of the measure
            before = time.monotonic()
            with contextlib.suppress(TooSlowError):
                pool.render(text, 0.5)
            assert time.monotonic() - before < 1.5
        assert b"<em>fine</em>" in pool.render("*fine*", 20)
    finally:
        pool.close()


def test_a_page_never_outgrows_its_limit() -> None:
    pool = Pool(workers=1)
    try:
        assert pool.render("[a]: " + "b" * 1000 + "\n\n" + "[a] " * 10_000, 20) == b'{"error": "PageTooLongError"}'
    finally:
        pool.close()
