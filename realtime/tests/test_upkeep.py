"""What a lost message would have told is found out by asking."""

import asyncio
from gc import collect
from weakref import ref

import pytest
from django.db.models import F

from core.accounts.models import User
from notes.models import Membership, Note, Role
from notes.services import notes
from realtime.closing import Close
from realtime.fanout import Fanout
from realtime.registry import Registry
from realtime.storage import Append, Appended, Entry, Head
from realtime.tests.client import Typist, do, until
from realtime.tests.conftest import Sit
from realtime.tests.failing import Faults
from realtime.tests.writers import Writer


@pytest.fixture(autouse=True)
def several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with Redis; but no word of another process arrives."""
    monkeypatch.setattr(Fanout, "reaches_others", True)


async def write_elsewhere(rooms: Registry, note: Note, author: User, text: str) -> None:
    await note.arefresh_from_db()
    data = Writer(9_000 + note.seq).append(text)
    append = Append(note.pk, Head(note.seq, note.epoch, note.access_epoch), [Entry(data, author.pk, ())])
    (outcome,) = await rooms.storage.append([append])
    assert isinstance(outcome, Appended)


async def seen_by(rooms: Registry, typist: Typist, note: Note, text: str) -> None:
    await rooms.upkeep._compare_heads()
    while text not in typist.text:
        await typist.next()
    assert rooms.rooms[note.pk].head.seq == note.seq + 1


async def test_rows_that_nobody_told_of_are_found_and_shown(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await write_elsewhere(rooms, handshake, ben, "unheard ")
    await seen_by(rooms, hers, handshake, "unheard")


async def test_a_quarantined_row_does_not_keep_later_ones_from_being_found(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await write_elsewhere(rooms, handshake, ben, "dangerous ")
    await rooms.storage.quarantine(handshake.pk, [2])
    await write_elsewhere(rooms, handshake, ben, "unheard ")
    await seen_by(rooms, hers, handshake, "unheard")
    assert "dangerous" not in hers.text


async def test_an_epoch_that_nobody_told_of_is_found(sit: Sit, rooms: Registry, ada: User, handshake: Note) -> None:
    hers = await sit(ada)
    await Note.objects.filter(pk=handshake.pk).aupdate(epoch=F("epoch") + 1)
    await rooms.upkeep._compare_heads()
    assert await hers.closed() == Close.OTHER_EPOCH


async def test_a_note_that_is_gone_is_found_to_be_gone(sit: Sit, rooms: Registry, ada: User, handshake: Note) -> None:
    hers = await sit(ada)
    await Note.objects.filter(pk=handshake.pk).adelete()
    await rooms.upkeep._compare_heads()
    assert await hers.closed() == Close.NOT_FOUND


async def test_a_note_that_is_opened_while_heads_are_compared_is_not_taken_for_gone(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    other = await do(notes.create, ada, notebook=handshake.notebook, title="Another")
    await sit(ada)
    faults = Faults(rooms)
    faults.may_compare.clear()
    comparing = asyncio.create_task(rooms.upkeep._compare_heads())
    await until(lambda: faults.comparisons == 1, "the heads are looked up")
    his = await sit(ben, other)
    faults.may_compare.set()
    await comparing
    await his.types("Still here.")


async def test_rights_that_nobody_told_of_are_found(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    await Membership.objects.filter(user=ben).aupdate(role=Role.VIEWER)
    await Note.objects.filter(pk=handshake.pk).aupdate(access_epoch=F("access_epoch") + 1)
    await rooms.upkeep._compare_heads()
    assert await his.hears("access") == ("access", "viewer")
    await until(lambda: all(m.access_epoch == 2 for m in rooms.rooms[handshake.pk].members), "everybody was asked")
    await hers.types(" Still.")


async def test_a_room_that_is_gone_leaves_nothing_behind(sit: Sit, rooms: Registry, ada: User, handshake: Note) -> None:
    hers = await sit(ada)
    await hers.types(" x")
    room = rooms.rooms[handshake.pk]
    await rooms.upkeep._look_after(room)
    gone = ref(room)
    del room
    await Note.objects.filter(pk=handshake.pk).aupdate(epoch=F("epoch") + 1)
    await rooms.upkeep._compare_heads()
    await hers.closed()
    await hers.leave()
    # The flusher remembers what it flushed last.
    other = await do(notes.create, ada, notebook=handshake.notebook, title="Another")
    await (await sit(ada, other)).types("x")

    def is_gone() -> bool:
        collect()
        return gone() is None

    await until(is_gone, "nothing holds the room any more")


async def test_what_was_lost_on_a_broken_line_is_looked_for_at_once(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    rooms.upkeep._due = dict.fromkeys(rooms.upkeep._due, float("inf"))
    await write_elsewhere(rooms, handshake, ben, "unheard ")
    rooms.upkeep.hurry()
    while "unheard" not in hers.text:
        await hers.next()
