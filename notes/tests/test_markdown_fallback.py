"""A note that cannot be set is shown as its plain text, with a word of explanation."""

import os
import signal
from collections.abc import Iterator

import pytest

from notes.markdown import render_safely, render_safely_async, safely
from notes.markdown.plain import plain_page
from notes.markdown.pool import Pool
from notes.tests.markup import assert_harmless, words

HOSTILE = "![" * 100_000


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """One of our own, so that a test may end its processes."""
    own = Pool(workers=1)
    monkeypatch.setattr(safely, "pool", own)
    yield own
    own.close()


def test_a_note_is_set(pool: Pool) -> None:
    page = render_safely("*hello*")
    assert page.html == '<div id="block-1" class="block" data-lines="1"><p><em>hello</em></p></div>'
    assert page.trouble == ""


async def test_also_from_an_event_loop(pool: Pool) -> None:
    assert (await render_safely_async("*hello*")).blocks[0].html == "<p><em>hello</em></p>"


def test_too_slow_is_plain_and_is_not_tried_again(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safely, "SECONDS", 0.2)
    page = render_safely(HOSTILE)
    assert page.trouble == "too-slow"
    assert HOSTILE in words(page.html)
    pool.close()
    monkeypatch.setattr(safely, "SECONDS", 60)
    assert render_safely(HOSTILE).trouble == "too-slow"


def test_a_listing_that_takes_too_long_is_plain_and_the_rest_is_set(pool: Pool) -> None:
    page = render_safely("*first*\n\n```c\n" + "\n" * 40_000 + "int x;\n```\n\n```c\nint y;\n```\n\n*last*")
    assert page.trouble == ""
    assert page.blocks[-1].html == "<p><em>last</em></p>"
    assert "int x;" in page.blocks[1].html
    again = render_safely("```c\nint y;\n```")
    assert '<span class="k">int</span>' in again.html


def test_too_long_is_plain_without_trying(pool: Pool) -> None:
    page = render_safely("a" * (safely.TEXT_CHARACTERS + 1))
    assert page.trouble == "too-long"
    assert not pool._idle


def test_a_process_that_died_idle_is_replaced(pool: Pool) -> None:
    render_safely("one")
    victim = pool._idle[0]._process
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    assert render_safely("two").trouble == ""


def test_a_page_is_kept_and_an_unfinished_one_is_not(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    render_safely("kept")
    render_safely("not kept", keep=False)
    pool.forget()
    pool._places.acquire()  # nobody can render any more
    monkeypatch.setattr("notes.markdown.pool.QUEUE_SECONDS", 0.05)
    assert render_safely("kept").trouble == ""
    assert render_safely("not kept").trouble == "busy"


def test_with_every_process_at_work_the_text_is_shown(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notes.markdown.pool.QUEUE_SECONDS", 0.05)
    pool._places.acquire()
    assert render_safely("waiting").trouble == "busy"
    pool._places.release()
    assert render_safely("waiting").trouble == ""


def test_plain_text_is_escaped_and_whole() -> None:
    text = "".join(f"<script>{line}</script>\n" for line in range(2000))
    page = plain_page(text, "failed")
    for block in page.blocks:
        assert_harmless(block.html)
    assert "".join(words(block.html) for block in page.blocks[1:]).replace("\n", "") == text.replace("\n", "")
    assert sum(block.lines for block in page.blocks) == text.count("\n") + 1
    assert len(page.blocks) < 40
