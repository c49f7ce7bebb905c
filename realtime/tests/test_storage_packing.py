"""Rooms and the packed log: whatever is packed under them, they go on, and what they read is what was written."""

import random
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from core.accounts.models import User
from notes.documents import document_of
from notes.models import Note, NoteSegment, NoteSnapshot, NoteUpdate
from notes.packing import LoggedUpdate
from notes.services import contents, segments
from notes.tests.logs import age, snap, whole
from realtime import persistence, upkeep
from realtime.registry import Registry
from realtime.storage import Append, Behind, Entry, Head
from realtime.tests.client import do, until
from realtime.tests.conftest import Sit
from realtime.tests.sessions import PIECES, Step, play
from realtime.tests.writers import Writer

SEED = "Three segments are enough."
ACTIONS = ["insert", "insert", "delete", "replace", "send", "hear"]


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Everything may be packed as soon as a snapshot holds it."""
    monkeypatch.setattr(segments, "FEWEST_UPDATES", 1)
    monkeypatch.setattr(upkeep, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(upkeep, "SUMMARY_SECONDS", 0.0)
    settings.PACK_AFTER_SECONDS = 0


def packed(note: Note) -> list[int]:
    return list(segments.pack_note(note.pk))


def pack(note: Note) -> int:
    """How many updates were packed."""
    age(note)
    return sum(packed(note))


async def closed(rooms: Registry, note: Note) -> None:
    before, rooms.limits = rooms.limits, replace(rooms.limits, room_idle_seconds=0.0)
    await until(lambda: note.pk not in rooms.rooms, "the room is unloaded")
    rooms.limits = before


async def snapped(note: Note, seq: int) -> None:
    """As the room takes one, but now: the text is the log's."""
    held = await do(contents.stored, note.pk)
    document = document_of(held.updates)
    await do(contents.save_snapshot, note.pk, epoch=1, seq=seq, state=document.state(), text=document.text())


# --- Replays -----------------------------------------------------------------------------------------------------


def script(seed: int) -> list[Step]:
    dice = random.Random(seed)
    return [
        (dice.randrange(3), dice.choice(ACTIONS), dice.randrange(100), dice.randint(1, 5), dice.choice(PIECES))
        for _ in range(150)
    ]


@pytest.mark.parametrize("seed", range(4))
async def test_the_packed_history_replays_to_the_same_text_and_the_same_authors(
    rooms: Registry, ada: User, ben: User, dana: User, handshake: Note, seed: int
) -> None:
    authors = [ada, ben, dana]
    entries = [Entry(data, authors[who].pk, ()) for who, data in play(script(seed))]
    await rooms.storage.append([Append(handshake.pk, Head(1, 1, 1), entries)])
    await do(age, handshake)
    before, loaded = await do(whole, handshake), await rooms.storage.load(handshake.pk)
    await snapped(handshake, before[-1].seq)
    assert sum(await do(packed, handshake)) == len(before)
    await NoteSnapshot.objects.all().adelete()
    after = await do(whole, handshake)
    assert after == before
    assert steps_of(after) == steps_of(before)
    assert await rooms.storage.load(handshake.pk) == loaded


def steps_of(log: list[LoggedUpdate]) -> list[tuple[str, int | None]]:
    """The text after each update, and who wrote that."""
    document, seen = document_of([]), []
    for update in log:
        document.apply(update.data)
        seen.append((document.text(), update.author_id))
    return seen


# --- Rooms -------------------------------------------------------------------------------------------------------


async def test_a_room_goes_on_while_its_note_is_packed(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    for number in range(5):
        await hers.types(f" {number}😀")
        await snapped(handshake, rooms.rooms[handshake.pk].head.seq)
        assert await do(pack, handshake) >= 1
        await his.types(" ja")
        await hers.deletes(0, 1)
    assert not await NoteUpdate.objects.filter(note=handshake, seq=2).aexists()
    await hers.types(" End.")
    await his.reads(" End.")
    late = await sit(ada)
    assert late.text == hers.text == his.text
    assert await late.check(late.writer) == 0


async def test_a_note_opens_from_its_snapshot_when_all_of_it_is_packed(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await hers.types(" one")
    await hers.leave()
    await closed(rooms, handshake)
    assert await do(pack, handshake) == 2
    his = await sit(ben)
    assert his.text == SEED + " one"
    await his.types(" two")
    assert await do(contents.text_of, handshake) == his.text


async def test_a_room_behind_a_packed_update_catches_up(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await write_elsewhere(rooms, handshake, ben, "unheard ", "unseen ")
    await snapped(handshake, 3)
    assert await do(pack, handshake) == 3
    await hers.types(" Hers.")
    assert "unheard " in hers.text
    assert "unseen " in hers.text
    assert rooms.rooms[handshake.pk].head.seq == 4
    assert await do(contents.text_of, handshake) == hers.text


async def test_an_append_on_a_packed_head_is_told_what_it_missed(
    rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    await write_elsewhere(rooms, handshake, ben, "a", "b", "c")
    await snapped(handshake, 3)
    assert await do(pack, handshake) == 3
    late = Append(handshake.pk, Head(1, 1, 1), [Entry(Writer(5).append("x"), ada.pk, (5,))])
    (outcome,) = await rooms.storage.append([late])
    assert isinstance(outcome, Behind)
    assert [(row.seq, row.author_id) for row in outcome.rows] == [(2, ben.pk), (3, ben.pk), (4, ben.pk)]


async def write_elsewhere(rooms: Registry, note: Note, author: User, *texts: str) -> None:
    await note.arefresh_from_db()
    entries = [Entry(Writer(9_000 + n).append(text), author.pk, ()) for n, text in enumerate(texts)]
    await rooms.storage.append([Append(note.pk, Head(note.seq, note.epoch, note.access_epoch), entries)])


async def test_a_snapshot_that_cannot_be_read_leaves_the_packed_log(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await hers.types(" one")
    await hers.leave()
    await closed(rooms, handshake)
    assert await do(pack, handshake) == 2
    await NoteSnapshot.objects.aupdate(state=b"\xff")
    assert (await sit(ben)).text == SEED + " one"


async def test_a_packed_update_that_cannot_be_replayed_is_put_in_quarantine(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    await NoteUpdate.objects.acreate(note=handshake, seq=2, epoch=1, created_at=handshake.created_at, data=b"\xff\xff")
    await Note.objects.filter(pk=handshake.pk).aupdate(seq=2)
    await do(snap, handshake)
    assert await do(pack, handshake) == 2
    await NoteSnapshot.objects.all().adelete()
    hers = await sit(ada)
    assert hers.text == SEED
    await until(lambda: not rooms.rooms[handshake.pk].busy, "the room is quiet")
    assert [update.seq for update in await do(whole, handshake) if update.quarantined] == [2]
    await hers.types(" Still.")


async def test_a_note_whose_segment_is_damaged_opens_from_its_snapshot(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    await snapped(handshake, 1)
    assert await do(pack, handshake) == 1
    await NoteSegment.objects.aupdate(data=b"\x01damaged")
    hers = await sit(ada)
    assert hers.text == SEED
    await hers.types(" Still.")


# --- What it costs to open a note --------------------------------------------------------------------------------


async def test_a_note_opens_as_quickly_after_thirty_days_as_after_one(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    """Counted: what is asked of the database, and how many updates it hands out."""
    costs = []
    for day in range(30):
        hers = await sit(ada)
        for number in range(5):
            await hers.types(f" {day}.{number}")
        await hers.leave()
        await closed(rooms, handshake)
        await do(pack, handshake)
        costs.append(await do(cost_of_loading, handshake))
    assert costs == [costs[0]] * 30
    assert costs[0][1] == 0
    assert len(await do(whole, handshake)) == 151


def cost_of_loading(note: Note) -> tuple[int, int]:
    """How many statements, and how many updates."""
    with CaptureQueriesContext(connection) as asked:
        loaded = persistence.load(note.pk)
    return len(asked), len(loaded.rows)
