"""The database fails, or seems to: what was typed is kept, said to be unsaved, and stored once."""

import asyncio
import time

import pytest
from asgiref.sync import sync_to_async
from django.db.models import F
from pytest_django import Settings

from core.accounts.models import User
from notes.models import Note, NoteUpdate
from notes.services import notes
from realtime import flusher, laggards
from realtime.closing import Close
from realtime.laggards import SLOW_BYTES
from realtime.pace import BURST
from realtime.registry import FINISH_SECONDS, GOODBYE_SECONDS, Registry
from realtime.room import Phase, Room
from realtime.tests.client import until
from realtime.tests.conftest import Sit, Visit
from realtime.tests.failing import Faults
from realtime.tests.said import kinds


@pytest.fixture
def faults(rooms: Registry, monkeypatch: pytest.MonkeyPatch) -> Faults:
    monkeypatch.setattr(flusher, "BACKOFF_FIRST", 0.01)
    return Faults(rooms)


async def rows_of(note: Note) -> int:
    return await NoteUpdate.objects.filter(note=note).acount()


async def test_what_is_typed_while_the_database_is_away_is_stored_when_it_is_back(
    sit: Sit, faults: Faults, ada: User, ben: User, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    faults.fail_before = 3
    await hers.update(hers.writer.append(" a"), hers.writer.append(" b"))
    said = kinds(await hers.hears_until("stored"))
    assert said == ["trouble", "trouble", "stored"]
    await his.reads(" a b")
    assert await rows_of(handshake) == 2  # the first text, and one for what waited


async def test_nobody_sees_what_is_not_stored(sit: Sit, faults: Faults, ada: User, ben: User) -> None:
    hers, his = await sit(ada), await sit(ben)
    faults.open.clear()
    await hers.update(hers.writer.append(" not yet"))
    await until(lambda: faults.appends == 1, "the flush has begun")
    assert await his.heard_so_far() == []
    assert await hers.heard_so_far() == []
    faults.open.set()
    await his.reads(" not yet")
    await hers.hears("stored")


async def test_after_one_slow_commit_a_quiet_room_does_not_wait_for_company(
    sit: Sit, faults: Faults, rooms: Registry, ada: User, handshake: Note
) -> None:
    hers, room, begun = await sit(ada), rooms.rooms[handshake.pk], time.monotonic()
    faults.open.clear()
    await hers.update(hers.writer.append(" slowly"))
    await until(lambda: time.monotonic() > begun + 10 * BURST, "the commit has taken its time")
    faults.open.set()
    await hers.hears("stored")
    now = time.monotonic()
    assert room.pace.next(now) == now


async def test_nobody_new_comes_in_while_nothing_can_be_stored(
    sit: Sit, visit: Visit, faults: Faults, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    faults.fail_before = 1_000_000
    await hers.update(hers.writer.append(" a"))
    await hers.hears("trouble")
    assert await (await visit(ben)).closed() == Close.UNAVAILABLE
    assert stalled(rooms.rooms[handshake.pk])
    faults.fail_before = 0
    await hers.hears("stored")
    assert not stalled(rooms.rooms[handshake.pk])
    assert (await sit(ben)).text.endswith(" a")


def stalled(room: Room) -> bool:
    return room.phase is Phase.STALLED


async def test_a_commit_whose_answer_was_lost_is_stored_once_and_the_room_goes_on(
    sit: Sit, faults: Faults, ada: User, ben: User, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    faults.fail_after = 1
    await hers.update(hers.writer.append(" once"))
    assert await hers.hears("stored") == ("stored", 1)
    await his.reads(" once")
    assert await rows_of(handshake) == 2
    assert (await sit(ben)).text == hers.text == his.text


async def test_failures_at_random_lose_and_double_nothing(
    sit: Sit, faults: Faults, ada: User, ben: User, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    for number in range(12):
        faults.fail_before, faults.fail_after = number % 3 == 1, number % 3 == 2
        await hers.update(hers.writer.append(f"<a{number}>"))
        await his.update(his.writer.insert(0, f"<b{number}>"))
    while await hers.hears("stored") != ("stored", 12):
        pass
    while await his.hears("stored") != ("stored", 12):
        pass
    reader = await sit(ada)
    for number in range(12):
        assert reader.text.count(f"<a{number}>") == reader.text.count(f"<b{number}>") == 1


async def test_a_note_that_cannot_be_loaded_now_can_be_later(
    visit: Visit, sit: Sit, faults: Faults, ada: User, handshake: Note
) -> None:
    faults.fail_loads = 1
    assert await (await visit(ada)).closed() == Close.UNAVAILABLE
    assert (await sit(ada)).text


async def test_a_note_that_is_begun_anew_sends_everybody_to_begin_anew(
    sit: Sit, visit: Visit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    await Note.objects.filter(pk=handshake.pk).aupdate(epoch=F("epoch") + 1)
    await hers.update(hers.writer.append(" of the old epoch"))
    assert await hers.closed() == await his.closed() == Close.OTHER_EPOCH
    assert await NoteUpdate.objects.filter(note=handshake).acount() == 1
    back = await visit(ada, epoch=1)
    assert await back.next() == ("hello", 2, 1, "owner")
    assert await back.closed() == Close.OTHER_EPOCH


async def test_a_note_that_is_gone_from_the_database_is_not_found(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await Note.objects.filter(pk=handshake.pk).adelete()
    await hers.update(hers.writer.append(" to nobody"))
    assert await hers.closed() == Close.NOT_FOUND
    assert handshake.pk not in rooms.rooms


async def test_a_fault_in_one_room_does_not_end_the_saving_of_all(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    """Whoever reads the shown text fails, as a renderer might."""
    hers = await sit(ada)

    def fail(room: Room) -> None:
        raise RuntimeError("a fault of ours")

    rooms.rooms[handshake.pk].on_shown.append(fail)
    await hers.update(hers.writer.append(" fatal?"))
    assert (await hers.hears_until("stored"))[-1] in [("stored", 1), ("closed", Close.UNAVAILABLE)]
    back = await sit(ada)
    assert back.text.endswith(" fatal?")
    await back.types(" No.")
    assert (await sit(ben)).text.endswith(" fatal? No.")


async def test_a_fault_that_cannot_be_survived_ends_one_room_only(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        """As pycrdt raises it."""

    def panic(*_: object) -> None:
        raise Panic

    other = await sync_to_async(notes.create)(ada, notebook=handshake.notebook, title="Another")
    hers, his = await sit(ada), await sit(ben, other)
    monkeypatch.setattr(rooms.rooms[handshake.pk], "committed", panic)
    await hers.update(hers.writer.append(" stored all the same"))
    assert await hers.closed() == Close.UNAVAILABLE
    await his.types("Undisturbed.")
    assert (await sit(ada)).text.endswith(" stored all the same")


async def test_a_client_that_does_not_read_is_given_up_and_the_others_are_not(
    sit: Sit, visit: Visit, rooms: Registry, ada: User, ben: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laggards, "PATIENCE_SECONDS", 0.1)
    deaf, hers = await visit(ben, deaf=True), await sit(ada)
    for _ in range(SLOW_BYTES // 1_000 + 1):
        await hers.types("x" * 1_000)
    await until(lambda: len(rooms.rooms[handshake.pk].members) == 1, "the deaf one is given up")
    assert await deaf.closed() == Close.TOO_SLOW
    await hers.types("!")


async def test_a_database_that_went_back_is_read_anew_and_what_it_lacks_comes_from_the_browsers(
    sit: Sit, ada: User, handshake: Note
) -> None:
    """As when a replica takes over that had not heard of the last commits."""
    hers = await sit(ada)
    await hers.types(" seen")
    await NoteUpdate.objects.filter(note=handshake, seq=2).adelete()
    await Note.objects.filter(pk=handshake.pk).aupdate(seq=1)
    await hers.update(hers.writer.append(" and lost?"))
    assert await hers.closed() == Close.UNAVAILABLE
    back = await sit(ada)
    assert not back.text.endswith("seen")
    await back.update(hers.writer.lacks(back.writer.state_vector))
    await back.hears_until("stored")
    assert (await sit(ada)).text.endswith(" seen and lost?")


async def test_the_end_stores_what_waits_and_tells_everybody_to_come_back(
    sit: Sit, rooms: Registry, faults: Faults, ada: User, ben: User, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    faults.open.clear()
    await hers.update(hers.writer.append(" last words"))
    await until(lambda: faults.appends == 1, "the flush has begun")
    await hers.update(hers.writer.append(" indeed"))
    ending = asyncio.create_task(rooms.close())
    await asyncio.sleep(0)
    faults.open.set()
    await ending
    assert await rows_of(handshake) == 3
    said = await hers.hears_until("closing")
    assert ("stored", 2) in said
    assert await hers.closed() == await his.closed() == Close.RESTARTING
    assert his.text.endswith(" last words indeed")


async def test_the_end_comes_also_while_the_database_is_away(
    sit: Sit, rooms: Registry, faults: Faults, settings: Settings, ada: User
) -> None:
    settings.DRAIN_SECONDS = GOODBYE_SECONDS + FINISH_SECONDS + 0.1
    hers = await sit(ada)
    faults.fail_before = 1_000_000
    await hers.update(hers.writer.append(" unsaved"))
    await hers.hears("trouble")
    await rooms.close()
    assert await hers.closed() == Close.RESTARTING
