"""A packed part of a note's history is damaged: that note does what it still can, says so, and no other notices."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from core.accounts.models import User
from notes.documents import document_of
from notes.models import Note, NoteSegment, NoteSnapshot
from notes.services import contents, notes, segments
from notes.tests.logs import age
from realtime import messages
from realtime.closing import Close
from realtime.fanout import Fanout
from realtime.registry import Registry
from realtime.storage import Append, Damaged, DamagedError, Entry, Head
from realtime.tests.client import do, until
from realtime.tests.conftest import Sit, Visit
from realtime.tests.failing import Faults
from realtime.tests.writers import Writer

SEED = "Three segments are enough."
REASON = "a part of this note's history is damaged"


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Everything may be packed as soon as a snapshot holds it; and there may be other processes."""
    monkeypatch.setattr(segments, "FEWEST_UPDATES", 1)
    monkeypatch.setattr(Fanout, "reaches_others", True)
    settings.PACK_AFTER_SECONDS = 0


async def write_elsewhere(rooms: Registry, note: Note, author: User, *texts: str) -> None:
    await note.arefresh_from_db()
    entries = [Entry(Writer(9_000 + n).append(text), author.pk, ()) for n, text in enumerate(texts)]
    await rooms.storage.append([Append(note.pk, Head(note.seq, note.epoch, note.access_epoch), entries)])


def pack_and_damage(note: Note) -> None:
    """All of the log is in a segment, which then says something else. The snapshot is sound."""
    held = contents.stored(note.pk)
    document = document_of(held.updates)
    contents.save_snapshot(note.pk, epoch=1, seq=held.seq, state=document.state(), text=document.text())
    age(note)
    assert sum(segments.pack_note(note.pk))
    turn_a_byte(note)


def turn_a_byte(note: Note) -> None:
    """The second time it is as it was."""
    segment = NoteSegment.objects.get(note=note)
    *rest, last = bytes(segment.data)
    segment.data = bytes([*rest, last ^ 0xFF])
    segment.save()


# --- A room that is behind ---------------------------------------------------------------------------------------


async def test_a_room_that_would_write_behind_it_is_opened_anew_from_the_snapshot(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note, caplog: pytest.LogCaptureFixture
) -> None:
    other = await sync_to_async(notes.create)(ada, notebook=handshake.notebook, title="Another")
    hers, his = await sit(ada), await sit(ben, other)
    await write_elsewhere(rooms, handshake, ben, "unheard ", "unseen ")
    await do(pack_and_damage, handshake)
    await hers.update(hers.writer.append(" Hers."))
    assert await hers.closed() == Close.UNAVAILABLE
    assert REASON in caplog.text
    await his.types("Undisturbed.")
    assert rooms.flusher._backoff == 0, "nobody waits for what cannot get better"
    back = await sit(ada)
    assert "unheard " in back.text
    assert "unseen " in back.text
    await back.types(" Hers.")
    assert await do(contents.text_of, handshake) == back.text


async def test_the_others_of_a_flush_are_stored(rooms: Registry, ada: User, ben: User, handshake: Note) -> None:
    other = await sync_to_async(notes.create)(ada, notebook=handshake.notebook, title="Another")
    await write_elsewhere(rooms, handshake, ben, "a", "b")
    await do(pack_and_damage, handshake)
    late = Append(handshake.pk, Head(1, 1, 1), [Entry(Writer(5).append("x"), ada.pk, (5,))])
    sound = Append(other.pk, Head(0, 1, 1), [Entry(Writer(6).append("y"), ada.pk, (6,))])
    outcomes = await rooms.storage.append([late, sound])
    assert isinstance(outcomes[0], Damaged)
    assert await do(contents.text_of, other) == "y"


async def test_a_room_in_which_nobody_writes_is_opened_anew_too(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await write_elsewhere(rooms, handshake, ben, "unheard ")
    await do(pack_and_damage, handshake)
    await rooms.upkeep._compare_heads()
    assert await hers.closed() == Close.UNAVAILABLE
    assert handshake.pk not in rooms.rooms
    await rooms.upkeep._compare_heads()
    assert "unheard " in (await sit(ada)).text


async def test_somebody_who_comes_from_further_on_does_not_wait(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await write_elsewhere(rooms, handshake, ben, "unheard ")
    await do(pack_and_damage, handshake)
    async with asyncio.timeout(5):
        assert "unheard " in (await sit(ben)).text
    assert await hers.closed() == Close.UNAVAILABLE


# --- A note that nothing else holds ------------------------------------------------------------------------------


async def test_without_a_snapshot_everybody_is_told_what_is_wrong_and_the_database_is_asked_once(
    sit: Sit,
    visit: Visit,
    rooms: Registry,
    ada: User,
    ben: User,
    handshake: Note,
    caplog: pytest.LogCaptureFixture,
) -> None:
    faults = Faults(rooms)
    await do(pack_and_damage, handshake)
    await NoteSnapshot.objects.all().adelete()
    assert await (await visit(ada)).closed() == Close.QUARANTINED
    assert REASON in caplog.text
    assert faults.loads == 1
    other = await sync_to_async(notes.create)(ada, notebook=handshake.notebook, title="Another")
    await (await sit(ben, other)).types("Undisturbed.")


async def test_when_the_part_is_back_the_note_opens(
    sit: Sit, visit: Visit, rooms: Registry, ada: User, handshake: Note
) -> None:
    await do(pack_and_damage, handshake)
    await NoteSnapshot.objects.all().adelete()
    assert await (await visit(ada)).closed() == Close.QUARANTINED
    await do(turn_a_byte, handshake)
    assert (await sit(ada)).text == SEED


async def test_a_snapshot_that_cannot_be_read_stays_if_the_log_cannot_either(
    visit: Visit, rooms: Registry, ada: User, handshake: Note
) -> None:
    await do(pack_and_damage, handshake)
    await NoteSnapshot.objects.aupdate(state=b"\xff")
    assert await (await visit(ada)).closed() == Close.QUARANTINED
    assert await NoteSnapshot.objects.filter(note=handshake).aexists(), "somebody may make something of it"


# --- Two rooms that differ ---------------------------------------------------------------------------------------


async def test_who_is_right_is_read_from_the_snapshot(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, caplog: pytest.LogCaptureFixture
) -> None:
    await do(pack_and_damage, handshake)
    hers = await sit(ada)
    room = rooms.rooms[handshake.pk]
    messages.receive(rooms, room, {**messages.state(room), "hash": b"something else"})
    await until(lambda: "holds here what its log says" in caplog.text, "it examined itself")
    room.projection.add(Writer(666).append("never written "))
    await hers.types(" True.")
    messages.receive(rooms, room, {**messages.state(room), "hash": b"something else"})
    assert await hers.closed() == Close.UNAVAILABLE
    assert (await sit(ada)).text == SEED + " True."


async def test_where_nothing_can_tell_two_rooms_do_not_ask_for_ever(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers = await sit(ada)
    await do(pack_and_damage, handshake)
    await NoteSnapshot.objects.all().adelete()
    room, asked = rooms.rooms[handshake.pk], list[int]()
    truth = rooms.agreement._truth

    async def counted(note_id: int) -> object:
        asked.append(note_id)
        return await truth(note_id)

    monkeypatch.setattr(rooms.agreement, "_truth", counted)
    for _ in range(3):
        messages.receive(rooms, room, {**messages.state(room), "hash": b"something else"})
        await until(lambda: not any("_examine" in repr(task) for task in rooms._tasks), "it examined itself")
    assert asked == [handshake.pk]
    await hers.types(" Go on.")
    with pytest.raises(DamagedError):
        await truth(handshake.pk)
