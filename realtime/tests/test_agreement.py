"""Two processes that hold different things of one note find out, and the one that is wrong begins anew."""

from typing import Any

import pytest

from core.accounts.models import User
from notes.models import Note, NoteSnapshot
from realtime import messages
from realtime.closing import Close
from realtime.fanout import Fanout
from realtime.registry import Registry
from realtime.room import Room
from realtime.tests.client import until
from realtime.tests.conftest import Sit
from realtime.tests.hosts import Host
from realtime.tests.ledger import Ledger
from realtime.tests.seats import ADA, Seat
from realtime.tests.writers import Writer


@pytest.fixture(autouse=True)
def several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with Redis; but no word of another process arrives by itself."""
    monkeypatch.setattr(Fanout, "reaches_others", True)


def spoil(room: Room) -> None:
    """What it shows is not what the log says."""
    room.projection.add(Writer(666).append("never written "))


def tell(rooms: Registry, room: Room, **news: object) -> None:
    """Another process says where it stands; by default just where this one stands."""
    messages.receive(rooms, room, {**messages.state(room), **news})


def test_rooms_that_hold_the_same_have_the_same_fingerprint() -> None:
    ledger = Ledger(ADA.user_id)
    host = Host(ledger)
    host.update(host.join(Seat(ADA, client_id=7)), Writer(7).append("hers 🌊"))
    host.flush()
    other = Host(ledger)
    assert other.room.fingerprint() == host.room.fingerprint()
    ledger.snapshot, ledger.snapshot_seq = host.room.projection.state(), ledger.head.seq
    assert Host(ledger).room.fingerprint() == host.room.fingerprint()


def test_each_thing_that_can_differ_changes_the_fingerprint() -> None:
    writer, prints = Writer(7), set()
    host = Host(Ledger(ADA.user_id))
    ada = host.join(Seat(ADA, client_id=7))
    for update in (writer.append("ab"), writer.append("c"), writer.delete(2, 1)):
        prints.add(host.room.fingerprint())
        host.update(ada, update)
        host.flush()
    prints.add(host.room.fingerprint())
    spoil(host.room)
    prints.add(host.room.fingerprint())
    assert len(prints) == 5


async def test_a_room_that_agrees_goes_on(sit: Sit, rooms: Registry, ada: User, handshake: Note) -> None:
    hers = await sit(ada)
    room = rooms.rooms[handshake.pk]
    tell(rooms, room)
    await hers.types(" Fine.")
    assert rooms.rooms[handshake.pk] is room


async def test_a_room_that_is_right_goes_on_when_another_is_wrong(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, caplog: pytest.LogCaptureFixture
) -> None:
    hers = await sit(ada)
    room = rooms.rooms[handshake.pk]
    tell(rooms, room, hash=b"something else")
    await until(lambda: "holds here what its log says" in caplog.text, "it examined itself")
    await hers.types(" Fine.")
    assert rooms.rooms[handshake.pk] is room


async def test_a_room_that_is_wrong_is_ended_and_made_of_the_log(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, caplog: pytest.LogCaptureFixture
) -> None:
    hers = await sit(ada)
    await hers.types(" True.")
    room = rooms.rooms[handshake.pk]
    spoil(room)
    await rooms.upkeep._snapshot(room)
    tell(rooms, room, hash=b"something else")
    assert await hers.closed() == Close.UNAVAILABLE
    assert "is another in another process" in caplog.text
    back = await sit(ada)
    assert back.text.endswith(" True.")
    assert "never written" not in back.text
    assert not await NoteSnapshot.objects.filter(note=handshake).aexists(), "it was made of the wrong room"


async def test_a_process_that_knows_more_makes_the_log_read(
    sit: Sit, rooms: Registry, ada: User, handshake: Note
) -> None:
    hers = await sit(ada)
    room = rooms.rooms[handshake.pk]
    loaded = await rooms.storage.load(handshake.pk)
    elsewhere = rooms.furnish(handshake.pk, loaded)
    await hers.types(" x")
    assert room.head.seq == elsewhere.head.seq + 1
    messages.receive(rooms, elsewhere, messages.state(room))
    await until(lambda: elsewhere.head.seq == room.head.seq, "it has caught up")
    assert elsewhere.fingerprint() == room.fingerprint()


async def test_it_is_said_once_when_a_room_has_become_quiet(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[int] = []

    def listen(_: str, message: dict[str, Any], **__: object) -> None:
        if message.get("kind") == "state":
            said.append(message["seq"])

    monkeypatch.setattr(rooms.fanout, "publish", listen)
    await sit(ada)
    await rooms.agreement.tell_of_quiet_rooms()
    assert said == [], "it may still be written in"
    for _ in range(3):
        await rooms.agreement.tell_of_quiet_rooms()
    assert said == [rooms.rooms[handshake.pk].head.seq]
