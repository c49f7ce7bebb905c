"""Whoever comes by plain requests reads and writes as others do: commit, then show, then acknowledge."""

import asyncio
from dataclasses import replace

from core.accounts.models import User
from notes.models import Note, NoteUpdate
from realtime import protocol
from realtime.closing import Close
from realtime.protocol import Verdict
from realtime.registry import Registry
from realtime.tests.client import Typist, until
from realtime.tests.conftest import Sit
from realtime.tests.failing import Faults
from realtime.tests.plain import Answer, PlainTypist
from realtime.tests.said import kinds


async def rows_of(note: Note) -> int:
    return await NoteUpdate.objects.filter(note=note).acount()


def by_requests(typist: Typist) -> PlainTypist:
    assert isinstance(typist, PlainTypist)
    return typist


async def test_what_is_said_by_a_request_is_seen_on_a_socket(sit: Sit, ada: User, ben: User) -> None:
    reader, writer = await sit(ada), await sit(ben, plain=True)
    await writer.types(" By request.")
    await reader.reads(" By request.")


async def test_what_is_said_on_a_socket_is_seen_by_who_listens(sit: Sit, ada: User, ben: User) -> None:
    writer, reader = await sit(ada), by_requests(await sit(ben, plain=True))
    listening = reader.ask(wait=20)
    await writer.types(" On a socket.")
    reader.take(await listening.answer())
    await reader.reads(" On a socket.")
    assert reader.text == writer.text


async def test_two_who_write_at_once_by_either_way_end_with_the_same(sit: Sit, ada: User, ben: User) -> None:
    hers, his = await sit(ada), await sit(ben, plain=True)

    async def write(typist: Typist, letter: str) -> None:
        for number in range(30):
            await typist.types(f"{letter}{number} ")

    await asyncio.gather(write(hers, "a"), write(his, "b"))
    for reader, letter in ((hers, "b"), (his, "a")):
        while f"{letter}29 " not in reader.text:
            await reader.next()
    assert hers.text == his.text
    assert await hers.check(hers.writer) == await his.check(his.writer) == Verdict.EQUAL


async def test_what_is_not_stored_is_neither_shown_nor_acknowledged(
    sit: Sit, rooms: Registry, ada: User, ben: User
) -> None:
    reader, writer = await sit(ada), by_requests(await sit(ben, plain=True))
    faults = Faults(rooms)
    faults.open.clear()
    request = writer.ask([protocol.update(writer.writer.append(" Wait."))])
    await until(lambda: faults.appends == 1, "it is about to be stored")
    assert "update" not in kinds(await reader.heard_so_far())
    assert not request.answered
    faults.open.set()
    assert ("stored", 1) in (await request.answer()).messages
    await reader.reads(" Wait.")


async def test_a_request_that_comes_twice_says_nothing_twice(sit: Sit, ada: User, ben: User, handshake: Note) -> None:
    reader, writer = await sit(ada), by_requests(await sit(ben, plain=True))
    frames = [protocol.update(writer.writer.append(f" {number}")) for number in range(3)]
    first, second = writer.ask(frames), writer.ask(frames)
    for request in (first, second, writer.ask(frames)):
        assert ("stored", 3) in (await request.answer()).messages
    await reader.reads(" 0 1 2")
    assert await rows_of(handshake) <= 1 + 3
    assert reader.text == writer.text


async def test_a_late_repetition_does_not_take_back_what_was_acknowledged_since(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    """The old message is counted once more, behind the new one, and both wait for the same commit."""
    hers, writer = await sit(ada), by_requests(await sit(ben, plain=True))
    old, new = ([protocol.update(writer.writer.append(text))] for text in (" Old.", " New."))
    await writer.say(*old)
    faults, room = Faults(rooms), rooms.rooms[handshake.pk]
    faults.open.clear()
    await hers.update(hers.writer.append("?"))
    await until(lambda: faults.appends == 1, "a commit is under way")
    request = writer.ask(new)
    await until(lambda: len(room._pending) == 1, "the new one waits for the next")
    repeated = writer.ask(old, said=0)
    await until(lambda: len(room._pending) == 2, "the old one too")
    faults.open.set()
    await repeated.answer()
    assert ("stored", 2) in (await request.answer()).messages


async def test_who_repeats_a_request_is_told_the_same_again(sit: Sit, ada: User, ben: User) -> None:
    """The answer got lost on the way."""
    writer, reader = await sit(ada), by_requests(await sit(ben, plain=True))
    await writer.types(" Once.")
    lost: Answer = await reader.ask(wait=20).answer()
    again: Answer = await reader.ask(wait=20).answer()
    assert (lost.stream, lost.first) == (again.stream, again.first)
    assert again.frames[: len(lost.frames)] == lost.frames
    reader.take(again)
    await reader.reads(" Once.")


async def test_who_is_not_known_any_more_goes_on_where_they_were(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    """As after a lease, or at another process: the server introduces itself anew, and counts on."""
    reader, writer = await sit(ada), by_requests(await sit(ben, plain=True))
    await writer.types(" Before.")
    for caller in list(rooms.callers.values()):
        caller.leave()
    await writer.types(" After.")
    messages = [message for message in await writer.heard_so_far() if message[0] != "awareness"]
    assert kinds(messages) == []
    await reader.reads(" Before. After.")
    assert await rows_of(handshake) == 1 + 2


async def test_the_server_introduces_itself_to_whom_it_does_not_know(sit: Sit, rooms: Registry, ben: User) -> None:
    writer = by_requests(await sit(ben, plain=True))
    for caller in list(rooms.callers.values()):
        caller.leave()
    answer = await writer.ask().answer()
    assert kinds(answer.messages) == ["hello", "step 1"]
    assert answer.first == 1


async def test_a_difference_that_was_asked_for_is_taken(sit: Sit, ben: User, handshake: Note) -> None:
    his = await sit(ben, plain=True)
    his.writer.append(" Offline.")
    await his.update(his.writer.append(" Still offline."))
    assert await his.hears("resync") == ("resync", 1)
    await his.hears("step 1")
    his.sent += 1
    await his.answers()
    assert await rows_of(handshake) == 2


async def test_what_could_not_be_stored_in_time_is_offered_again(
    sit: Sit, rooms: Registry, ada: User, ben: User
) -> None:
    reader, writer = await sit(ada), by_requests(await sit(ben, plain=True))
    rooms.limits = replace(rooms.limits, poll_seconds=0.05)
    faults = Faults(rooms)
    faults.open.clear()
    answer = await writer.ask([protocol.update(writer.writer.append(" Late."))]).answer()
    assert answer.messages[-1] == ("closing", Close.UNAVAILABLE)
    assert answer.status == 503
    assert "stored" not in kinds(answer.messages)
    faults.open.set()
    await reader.reads(" Late.")
