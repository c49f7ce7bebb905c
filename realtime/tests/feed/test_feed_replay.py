"""Whoever comes back gets what they missed: all of it, in order, each line once."""

import asyncio
from typing import Any

import pytest

from core.accounts.models import User
from notes.models import Activity, Note, Notebook
from notes.services import activity, notes
from realtime.lines import MISSED_AT_MOST
from realtime.tests.feed.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)


async def newest() -> int:
    row = await Activity.objects.order_by("-cursor").afirst()
    return row.cursor if row else 0


async def test_what_was_missed_comes_first(
    open_page: Open, do: Any, ada: User, ben: User, networking: Notebook, handshake: Note
) -> None:
    after = await newest()
    for number in range(3):
        await do(notes.create)(ada, notebook=networking, title=f"Missed {number}")
    page = await open_page(ben, "home", after=after)
    await do(notes.create)(ada, notebook=networking, title="Live")
    await page.until(lambda: len(page.rows) == 4)
    assert ["Live" in page.texts()[0], *(f"Missed {n}" in page.texts()[3 - n] for n in range(3))] == [True] * 4


async def test_a_line_folded_meanwhile_comes_once_as_it_is_now(
    open_page: Open, do: Any, ada: User, ben: User, handshake: Note
) -> None:
    after = await newest()
    for _ in range(3):
        await do(activity.fold_edit)(ben, handshake, added=7, removed=1)
    page = await open_page(ada, "home", after=after)
    await do(notes.rename)(ada, handshake, title="Later")
    await page.until(lambda: len(page.rows) == 2)
    assert "+21" in page.texts()[1]


async def test_nothing_is_sent_again(open_page: Open, do: Any, ada: User, handshake: Note) -> None:
    await do(notes.rename)(ada, handshake, title="Seen")
    page = await open_page(ada, "home", after=await newest())
    await do(notes.rename)(ada, handshake, title="New")
    await page.until(lambda: page.rows)
    assert len(page.heard) == 1


async def test_without_a_cursor_it_begins_now(open_page: Open, do: Any, ada: User, handshake: Note) -> None:
    page = await open_page(ada, "home")
    await page.listening()
    await do(notes.rename)(ada, handshake, title="New")
    await page.until(lambda: page.rows)
    assert len(page.rows) == 1


async def test_after_a_long_absence_the_feed_is_set_anew(
    open_page: Open, do: Any, ada: User, networking: Notebook, handshake: Note
) -> None:
    after = await newest()

    def write_much() -> None:
        for number in range(MISSED_AT_MOST + 1):
            notes.create(ada, notebook=networking, title=f"Note {number}")

    await do(write_much)()
    page = await open_page(ada, "home", after=after)
    await page.until(lambda: page.rows)
    assert len(page.rows) == 30
    assert f"Note {MISSED_AT_MOST}" in page.texts()[0]
    assert "Earlier" in page.heard[0]
    await do(notes.create)(ada, notebook=networking, title="Live")
    await page.until(lambda: "Live" in page.texts()[0])
    assert len(page.rows) == 31


async def test_coming_and_going_among_busy_writers_loses_and_doubles_nothing(
    open_page: Open, do: Any, ada: User, ben: User, networking: Notebook, handshake: Note
) -> None:
    """Two people write all the time; a reader reconnects again and again, each time with the cursor it has."""
    start = await newest()
    done = asyncio.Event()

    async def write(author: User, name: str) -> None:
        for number in range(25):
            await do(notes.create, thread_sensitive=False)(author, notebook=networking, title=f"{name} {number}")
            await do(activity.fold_edit, thread_sensitive=False)(author, handshake, added=1, removed=0)

    writing = asyncio.gather(write(ada, "A"), write(ben, "B"))
    writing.add_done_callback(lambda _: done.set())
    after, kept = start, dict[str, int]()
    while not (done.is_set() and after == await newest()):
        page = await open_page(ben, "home", after=after)
        page.rows = [(row_id, cursor, "") for row_id, cursor in sorted(kept.items(), key=lambda item: -item[1])]
        while page.newest < await newest() and len(page.heard) < 7:
            await page.next()
        assert len({row_id for row_id, _, _ in page.rows}) == len(page.rows)
        after, kept = page.newest, {row_id: cursor for row_id, cursor, _ in page.rows}
        await page.leave()
    await writing
    rows = Activity.objects.filter(cursor__gt=start)
    assert kept == {f"activity-{row.pk}": row.cursor async for row in rows}
    assert len(kept) == 52
