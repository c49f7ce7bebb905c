"""Rooms come and go; the note stays what it was: snapshots, tails, unloading, loading anew."""

from dataclasses import replace

import pytest

from core.accounts.models import User
from notes.documents import text_hash, text_of
from notes.models import Note, NoteClient, NoteSnapshot, NoteUpdate
from notes.services import contents
from realtime import upkeep
from realtime.registry import Registry
from realtime.tests.client import do, until
from realtime.tests.conftest import Sit, Visit
from realtime.tests.hostile import block, string, update
from realtime.tests.writers import Writer


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(upkeep, "SUMMARY_SECONDS", 0.0)


async def unloaded(rooms: Registry, note: Note) -> None:
    """Waits until nobody needs the room and it is gone from memory."""
    before, rooms.limits = rooms.limits, replace(rooms.limits, room_idle_seconds=0.0)
    await until(lambda: note.pk not in rooms.rooms, "the room is unloaded")
    rooms.limits = before


async def snapshot_of(note: Note) -> NoteSnapshot | None:
    return await NoteSnapshot.objects.filter(note=note).afirst()


async def test_an_idle_room_is_unloaded_with_a_snapshot_and_comes_back_the_same(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await hers.types(" 😀 one")
    await hers.deletes(0, 5)
    await hers.leave()
    await unloaded(rooms, handshake)
    snapshot = await snapshot_of(handshake)
    assert snapshot is not None
    assert (snapshot.seq, snapshot.text) == (3, hers.text)
    assert bytes(snapshot.text_hash) == text_hash(hers.text)
    assert text_of([bytes(snapshot.state)]) == hers.text
    his = await sit(ben)
    assert his.text == hers.text
    await his.types(" two")
    assert await his.check(his.writer) == 0


async def test_a_note_is_made_of_its_snapshot_and_the_rows_after_it(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    rooms.limits = replace(rooms.limits, snapshot_every_updates=10, room_idle_seconds=3_600)
    hers = await sit(ada)
    for number in range(25):
        await hers.types(f" {number}😀")
    await until(lambda: rooms.rooms[handshake.pk].snapshot_seq >= 10, "a snapshot is taken")
    rooms.limits = replace(rooms.limits, snapshot_every_updates=1_000)
    await hers.types(" and on")
    await hers.leave()
    rooms.discard(rooms.rooms[handshake.pk])
    snapshot = await snapshot_of(handshake)
    assert snapshot is not None
    assert snapshot.seq < 27
    his = await sit(ben)
    assert his.text == hers.text
    assert rooms.rooms[handshake.pk].snapshot_seq == snapshot.seq
    await his.types("!")
    assert await his.check(his.writer) == 0


async def test_a_note_that_stays_open_gets_a_snapshot_when_what_was_written_grows_old(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    rooms.limits = replace(rooms.limits, snapshot_after_seconds=3_600)
    hers = await sit(ada)
    await hers.types(" one")
    await until(lambda: rooms.rooms[handshake.pk] in rooms.upkeep._ahead, "it is seen that there is no snapshot of it")
    assert not await NoteSnapshot.objects.filter(note=handshake, seq=2).aexists()
    rooms.limits = replace(rooms.limits, snapshot_after_seconds=0)
    await until(lambda: rooms.rooms[handshake.pk].snapshot_seq == 2, "a snapshot is taken")
    assert (await NoteSnapshot.objects.aget(note=handshake)).text == hers.text


async def test_a_few_long_updates_are_as_good_a_reason_as_many_short_ones(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    rooms.limits = replace(rooms.limits, snapshot_every_bytes=2_000)
    hers = await sit(ada)
    await hers.types("x" * 1_500)
    assert rooms.rooms[handshake.pk].tail_bytes > 1_500
    await hers.types("y" * 1_500)
    await until(lambda: rooms.rooms[handshake.pk].snapshot_seq == 3, "a snapshot is taken")
    assert rooms.rooms[handshake.pk].tail_bytes == 0


async def test_the_end_leaves_a_snapshot_of_what_was_written(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await hers.types(" to the end")
    await rooms.close()
    snapshot = await snapshot_of(handshake)
    assert snapshot is not None
    assert (snapshot.seq, snapshot.text, bool(snapshot.outline)) == (2, hers.text, True)


async def test_client_ids_stay_bound_when_a_room_is_loaded_anew(
    sit: Sit, visit: Visit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await hers.types(" hers")
    await hers.leave()
    await unloaded(rooms, handshake)
    his = await sit(ben)
    await his.update(update(block(hers.writer.client_id, 5, string("forged"))))
    assert await his.hears("refused") == ("refused", 1, "foreign-client")


async def test_who_comes_back_after_an_unloading_goes_on_where_it_was(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await hers.types(" one")
    await hers.leave()
    await unloaded(rooms, handshake)
    hers.writer.append(" offline")
    back = await sit(ada, writer=hers.writer)
    await back.answers()
    await back.types(" two")
    assert await do(contents.text_of, handshake) == back.text == "Three segments are enough. one offline two"


async def test_a_room_that_somebody_only_holds_stays(sit: Sit, rooms: Registry, ada: User, handshake: Note) -> None:
    rooms.limits = replace(rooms.limits, room_idle_seconds=0.0)
    room = await rooms.enter(handshake.pk)
    room.holds += 1
    hers = await sit(ada)
    await hers.types("!")
    await hers.leave()
    await until(lambda: not room.edits and not room.busy, "all is stored and summed up")
    assert rooms.rooms[handshake.pk] is room
    room.holds -= 1
    await unloaded(rooms, handshake)


async def test_notes_that_nobody_wrote_in_are_not_written_either(
    visit: Visit, rooms: Registry, ada: User, handshake: Note
) -> None:
    reader = await visit(ada)
    await reader.hears("step 1")
    await reader.leave()
    await unloaded(rooms, handshake)
    before = await NoteSnapshot.objects.filter(note=handshake).acount()
    reader = await visit(ada)
    await reader.hears("step 1")
    await reader.leave()
    await unloaded(rooms, handshake)
    assert await NoteSnapshot.objects.filter(note=handshake).acount() == before


async def test_a_note_with_more_sessions_than_one_update_may_name_opens(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    rows, clients = [], []
    for number in range(1_100):
        client_id = 10_000 + number
        data = Writer(client_id).insert(0, "x")
        rows.append(NoteUpdate(note=handshake, seq=2 + number, epoch=1, created_at=handshake.created_at, data=data))
        clients.append(NoteClient(note=handshake, epoch=1, client_id=client_id, user=ada))
    await NoteUpdate.objects.abulk_create(rows)
    await NoteClient.objects.abulk_create(clients)
    await Note.objects.filter(pk=handshake.pk).aupdate(seq=1_101)
    hers = await sit(ada)
    await hers.leave()
    await unloaded(rooms, handshake)
    assert await snapshot_of(handshake) is not None
    assert (await sit(ada)).text == hers.text


async def test_what_a_process_that_died_had_not_summed_up_is_summed_up_with_the_next_snapshot(
    visit: Visit, rooms: Registry, ada: User, handshake: Note
) -> None:
    await Note.objects.filter(pk=handshake.pk).aupdate(excerpt="", words=0)
    await rooms.enter(handshake.pk)
    await unloaded(rooms, handshake)
    await handshake.arefresh_from_db()
    assert (handshake.excerpt, handshake.words) == ("Three segments are enough.", 4)


@pytest.mark.parametrize("state", [b"\xff", b"", update(block(5, 3, string("a gap")))], ids=["garbage", "empty", "gap"])
async def test_a_snapshot_that_cannot_be_read_does_not_bar_the_note(
    sit: Sit, ada: User, handshake: Note, state: bytes
) -> None:
    await NoteSnapshot.objects.acreate(note=handshake, epoch=1, seq=1, state=state, text="", text_hash=b"")
    hers = await sit(ada)
    assert hers.text == "Three segments are enough."
    await hers.types(" Still.")
    assert await NoteSnapshot.objects.filter(note=handshake, state=state).acount() == 0


async def test_a_snapshot_of_another_epoch_is_not_used(sit: Sit, ada: User, handshake: Note) -> None:
    state = Writer(5).append("of another time")
    await NoteSnapshot.objects.acreate(note=handshake, epoch=7, seq=9, state=state, text="", text_hash=b"")
    assert (await sit(ada)).text == "Three segments are enough."


async def test_a_text_with_a_sign_that_databases_do_not_take_is_stored(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    """U+0000 is UTF-8, and PostgreSQL refuses it in a text."""
    hers = await sit(ada)
    await hers.types(" nothing: \x00.")
    await hers.leave()
    await unloaded(rooms, handshake)
    await handshake.arefresh_from_db()
    assert handshake.excerpt == "Three segments are enough. nothing: \ufffd."
    snapshot = await snapshot_of(handshake)
    assert snapshot is not None
    assert "\x00" not in snapshot.text
    assert (await sit(ada)).text == hers.text
