"""What follows the text with a short delay: excerpt, words, and the feed's line of a sitting."""

from collections.abc import Sequence
from typing import Any

import pytest

from core.accounts.models import User
from notes.models import Activity, Note, Verb
from notes.services import notes
from realtime import upkeep
from realtime.registry import Registry
from realtime.storage import StorageError, Summary
from realtime.tests.client import do, until
from realtime.tests.conftest import Sit


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(upkeep, "SUMMARY_SECONDS", 0.0)


async def summed_up(rooms: Registry, note: Note) -> None:
    """Waits until nothing is left to sum up, and the database has it."""
    await until(lambda: not rooms.rooms[note.pk].edits, "the edits are summed up")
    await rooms.pools.write(lambda: None)


async def lines_of(note: Note) -> list[dict[str, Any]]:
    rows = Activity.objects.filter(note=note, verb=Verb.NOTE_EDITED).order_by("pk")
    return [{"actor": row.actor_id, **row.data} async for row in rows]


async def test_a_sitting_is_one_line_however_often_one_types(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await hers.types(" one 😀")
    await summed_up(rooms, handshake)
    assert await lines_of(handshake) == [{"actor": ada.pk, "added": 7, "removed": 0}]
    await hers.types("!")
    await hers.deletes(0, 6)
    await summed_up(rooms, handshake)
    assert await lines_of(handshake) == [{"actor": ada.pk, "added": 8, "removed": 6}]


async def test_each_writer_has_a_line(sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note) -> None:
    hers, his = await sit(ada), await sit(ben)
    await hers.types(" hers")
    await his.types(" his")
    await summed_up(rooms, handshake)
    lines = sorted(await lines_of(handshake), key=lambda line: -line["added"])
    assert lines == [{"actor": ada.pk, "added": 5, "removed": 0}, {"actor": ben.pk, "added": 4, "removed": 0}]


async def test_with_many_busy_rooms_each_has_its_turn(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ada never stops typing; one note is all there is time for in a round."""
    monkeypatch.setattr(upkeep, "SUMMING_SECONDS", 0.0)
    other = await do(notes.create, ada, notebook=handshake.notebook, title="Another")
    hers, his = await sit(ada), await sit(ben, other)
    await his.types("his")
    await hers.types(" hers")
    while rooms.rooms[other.pk].edits:
        await hers.types(".")
    await summed_up(rooms, handshake)
    assert [line["actor"] for line in await lines_of(other)] == [ben.pk]
    assert [line["actor"] for line in await lines_of(handshake)] == [ada.pk]


async def test_excerpt_and_words_follow_the_text(sit: Sit, rooms: Registry, ada: User, handshake: Note) -> None:
    hers = await sit(ada)
    await hers.types(" Really **enough**.")
    await summed_up(rooms, handshake)
    await handshake.arefresh_from_db()
    assert handshake.excerpt == "Three segments are enough. Really enough."
    assert handshake.words == 6


async def test_what_was_typed_just_before_the_end_is_summed_up(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SUMMARY_SECONDS", 3_600.0)
    rooms.upkeep._summarised[await rooms.enter(handshake.pk)] = 1e9
    hers = await sit(ada)
    await hers.types(" At the end.")
    await rooms.close()
    await handshake.arefresh_from_db()
    assert handshake.excerpt.endswith("At the end.")
    assert len(await lines_of(handshake)) == 1


async def test_a_summary_that_fails_is_made_later(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, tries = rooms.storage.save_summaries, list[Sequence[Summary]]()

    async def fail_twice(summaries: Sequence[Summary]) -> None:
        tries.append(summaries)
        if len(tries) < 3:
            raise StorageError("away")
        await save(summaries)

    monkeypatch.setattr(rooms.storage, "save_summaries", fail_twice)
    hers = await sit(ada)
    await hers.types(" kept")
    await until(lambda: len(tries) >= 3, "it was tried again")
    await summed_up(rooms, handshake)
    assert await lines_of(handshake) == [{"actor": ada.pk, "added": 5, "removed": 0}]


@pytest.mark.parametrize("kind", [StorageError, RuntimeError])
async def test_a_note_that_cannot_be_summed_up_keeps_nobody_else_waiting(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    monkeypatch.setattr(upkeep, "ROUND_SECONDS", 60.0)
    others = [await do(notes.create, ada, notebook=handshake.notebook, title=f"Other {number}") for number in range(3)]
    save = rooms.storage.save_summaries

    async def fail_with_one(summaries: Sequence[Summary]) -> None:
        if any(summary.note_id == handshake.pk for summary in summaries):
            raise kind("not this one")
        await save(summaries)

    monkeypatch.setattr(rooms.storage, "save_summaries", fail_with_one)
    for note in (handshake, *others):
        await (await sit(ada, note)).types(" words")
    rooms.upkeep.hurry()
    for note in others:
        await summed_up(rooms, note)
        assert await lines_of(note) == [{"actor": ada.pk, "added": 6, "removed": 0}]
    assert await lines_of(handshake) == []
