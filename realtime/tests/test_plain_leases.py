"""Between two requests one is still there; who does not come again is gone after a lease and costs nothing."""

from dataclasses import replace

from core.accounts.models import User
from notes.models import Note
from realtime.closing import Close
from realtime.presence import LEFT
from realtime.registry import Registry
from realtime.tests.client import Socket, until
from realtime.tests.conftest import Sit, Visit
from realtime.tests.plain import Plain, PlainTypist


async def shown(reader: Socket, client_id: int) -> bool:
    """Waits until something is said of this client id. Whether it is here."""
    while True:
        (_, clients) = await reader.hears("awareness")
        if client_id in clients:
            return bool(clients[client_id][1] != LEFT)


async def test_a_cursor_stays_between_two_requests(sit: Sit, ada: User, ben: User) -> None:
    reader, mover = await sit(ada), await sit(ben, plain=True)
    await mover.move(mover.writer.client_id)
    assert await shown(reader, mover.writer.client_id)
    for _ in range(3):
        await mover.say(b"\x03")
    heard = await reader.heard_so_far()
    assert [message for message in heard if message[0] == "awareness"] == []


async def test_who_says_goodbye_is_gone_at_once(sit: Sit, rooms: Registry, ada: User, ben: User) -> None:
    reader, mover = await sit(ada), await sit(ben, plain=True)
    await mover.move(mover.writer.client_id)
    assert await shown(reader, mover.writer.client_id)
    await mover.leave()
    assert not await shown(reader, mover.writer.client_id)
    assert not rooms.callers


async def test_a_goodbye_takes_along_what_was_not_said_yet(sit: Sit, ada: User, ben: User) -> None:
    reader, writer = await sit(ada), await sit(ben, plain=True)
    assert isinstance(writer, PlainTypist)
    last = b"\x00\x02" + bytes([len(update := writer.writer.append(" And bye."))]) + update
    assert (await writer.ask([last], bye=1).answer()).status == 204
    writer.left = True
    await reader.reads(" And bye.")


async def test_a_goodbye_of_somebody_unknown_is_nothing(visit: Visit, rooms: Registry, ada: User) -> None:
    visitor = await visit(ada, plain=True)
    assert isinstance(visitor, Plain)
    await visitor.leave()
    assert (await visitor.ask(bye=1).answer()).status == 204
    assert not rooms.callers


async def test_who_does_not_come_again_is_gone_after_the_lease(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    reader, mover = await sit(ada), await sit(ben, plain=True)
    await mover.move(mover.writer.client_id)
    assert await shown(reader, mover.writer.client_id)
    rooms.limits = replace(rooms.limits, poll_lease_seconds=0.05)
    await mover.say(b"\x03")
    assert not await shown(reader, mover.writer.client_id)
    assert not rooms.callers
    assert len(rooms.rooms[handshake.pk].members) == 1
    assert (rooms.guests.connections, list(rooms.guests._of)) == (1, [ada.pk])


async def test_who_hangs_up_while_they_wait_is_gone_after_the_lease(
    sit: Sit, rooms: Registry, ada: User, ben: User
) -> None:
    reader, mover = await sit(ada), await sit(ben, plain=True)
    assert isinstance(mover, PlainTypist)
    await mover.move(mover.writer.client_id)
    assert await shown(reader, mover.writer.client_id)
    rooms.limits = replace(rooms.limits, poll_lease_seconds=0.05)
    listening = mover.ask(wait=20)
    await until(lambda: any(caller._requests for caller in rooms.callers.values()), "the request waits")
    await listening.hang_up()
    assert not await shown(reader, mover.writer.client_id)


async def test_the_lease_does_not_run_while_they_wait(sit: Sit, rooms: Registry, ada: User, ben: User) -> None:
    writer, reader = await sit(ada), await sit(ben, plain=True)
    assert isinstance(reader, PlainTypist)
    listening = reader.ask(wait=20)
    await until(lambda: any(caller._requests for caller in rooms.callers.values()), "the request waits")
    (caller,) = rooms.callers.values()
    assert caller._lease is None
    await writer.types(" Still here?")
    reader.take(await listening.answer())
    await reader.reads(" Still here?")
    assert caller._lease is not None


async def test_who_has_the_note_open_by_requests_is_on_the_live_pages(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    await sit(ada)
    his = await sit(ben, plain=True)

    def names() -> list[str]:
        return sorted(who.person.name for who in rooms.whereabouts.of([handshake.pk]))

    assert names() == ["Ada", "Ben"]
    await his.leave()
    await until(lambda: names() == ["Ada"], "Ben left")


async def test_what_is_kept_for_who_does_not_read_is_bounded(sit: Sit, rooms: Registry, ada: User, ben: User) -> None:
    rooms.limits = replace(rooms.limits, socket_backlog_bytes=20_000)
    writer, deaf = await sit(ada), await sit(ben, plain=True)
    for _ in range(3):
        await writer.types("x" * 10_000)
    assert isinstance(deaf, PlainTypist)
    answer = await deaf.ask(wait=20).answer()
    assert answer.messages == [("closing", Close.TOO_SLOW)]
    await writer.types(" Undisturbed.")
