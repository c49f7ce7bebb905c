"""Frames that break the protocol end their own connection, by name, and nothing else."""

import pytest

from core.accounts.models import User
from realtime import protocol
from realtime.closing import Close
from realtime.limits import QUESTION_COUNTS
from realtime.protocol import AwarenessEntry
from realtime.registry import Registry
from realtime.tests.client import Socket
from realtime.tests.conftest import Sit, Visit
from realtime.tests.hostile import Struct, block, lengthed, string, update, varint

FRAMES = {
    "nothing": b"",
    "an unknown message": b"\x02",
    "a message of the server": protocol.stored(1, 1),
    "a longer spelling of a type": b"\x80\x00\x00\x01\x00",
    "a number without end": b"\xff" * 64,
    "a frame that is cut off": b"\x00\x02\x05ab",
    "bytes after the message": protocol.update(b"\x00\x00") + b"\x00",
    "a state vector of 400 million entries": b"\x00\x00" + lengthed(varint(400_000_000) + b"\x01"),
    "awareness of 400 million entries": b"\x01" + lengthed(varint(400_000_000) + b"\x01"),
    "an unknown sync step": b"\x00\x03\x00",
    "awareness that is no UTF-8": b"\x01" + lengthed(b"\x01\x05\x01" + lengthed(b"\xff")),
    "awareness that is no JSON": protocol.awareness([AwarenessEntry(66, 1, "{")]),
    "too much awareness": protocol.awareness([AwarenessEntry(66, 1, '"' + "x" * 2_048 + '"')]),
    "a check that is cut off": b"\x68" + lengthed(b"\x00") + b"\x00" + bytes(31),
}
UPDATES = {
    "malformed": b"\xff",
    "cut off": update(block(66, 0, string("abc")))[:-2],
    "trailing": update(block(66, 0, string("abc"))) + b"\x00",
    "another root": update(block(66, 0, Struct(4, lengthed(b"x"), 1, parent=b"\x01" + lengthed(b"title")))),
    "an embed": update(block(66, 0, Struct(5, lengthed(b"{}"), 1))),
    "out of range": update(block(2**53, 0, string("x"))),
    "half of a character": update(block(66, 0, string("😀")), deletions=[(66, 0, 1)]),
}


async def closes(socket: Socket, code: Close) -> None:
    """The close code is also said in a last message, since Daphne drops the reason."""
    messages = await socket.hears_until("closing")
    assert messages[-1] == ("closing", code)
    assert await socket.closed() == code


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
async def test_a_frame_that_breaks_the_protocol_closes_the_connection(visit: Visit, ben: User, frame: bytes) -> None:
    socket = await visit(ben, client=66)
    await socket.say(frame)
    await closes(socket, Close.BAD_FRAME)


async def test_text_to_a_binary_socket_closes_the_connection(visit: Visit, ben: User) -> None:
    socket = await visit(ben)
    await socket.say_text("hello")
    await closes(socket, Close.BAD_FRAME)


@pytest.mark.parametrize("data", UPDATES.values(), ids=UPDATES.keys())
async def test_an_update_that_no_honest_client_sends_closes_the_connection(
    visit: Visit, ben: User, data: bytes
) -> None:
    socket = await visit(ben, client=66)
    await socket.update(data)
    assert (await socket.hears("refused"))[1] == 1
    await closes(socket, Close.BAD_FRAME)


async def test_a_frame_that_is_too_large_closes_the_connection(visit: Visit, rooms: Registry, ben: User) -> None:
    socket = await visit(ben)
    await socket.say(bytes(rooms.limits.frame_bytes + 1))
    await closes(socket, Close.TOO_LARGE)


async def test_the_largest_frame_is_read(visit: Visit, rooms: Registry, ben: User) -> None:
    socket = await visit(ben)
    envelope = len(protocol.update(update(block(66, 0, string("x" * 200_000))))) - 200_000
    data = update(block(66, 0, string("x" * (rooms.limits.frame_bytes - envelope))))
    assert len(protocol.update(data)) == rooms.limits.frame_bytes
    await socket.update(data)
    assert await socket.hears("stored") == ("stored", 1)


async def test_too_many_frames_at_once_close_the_connection(visit: Visit, rooms: Registry, ben: User) -> None:
    socket = await visit(ben)
    await socket.hears("step 1")
    # Frames keep coming while those before are handled, so a few tokens come back in between.
    await socket.say(*[b"\x03"] * (3 * rooms.limits.frames_burst))
    await closes(socket, Close.TOO_FAST)


async def test_to_ask_for_everything_counts_as_many_frames(visit: Visit, rooms: Registry, ben: User) -> None:
    socket = await visit(ben)
    await socket.hears("step 1")
    await socket.say(*[protocol.step_1({})] * (3 * rooms.limits.frames_burst // QUESTION_COUNTS))
    await closes(socket, Close.TOO_FAST)


async def test_long_frames_count_more(visit: Visit, sit: Sit, rooms: Registry, ada: User, ben: User) -> None:
    """Each is a tenth of a second of work, in which nobody else is served."""
    reader, socket = await sit(ada), await visit(ben, client=66)
    data = update(block(66, 0, string("x" * 200_000)))
    await socket.update(*[data] * (rooms.limits.frames_burst // 16))
    await closes(socket, Close.TOO_FAST)
    await reader.types(" Undisturbed.")


async def test_frames_after_the_end_are_not_read(visit: Visit, sit: Sit, ben: User, ada: User) -> None:
    reader, socket = await sit(ada), await visit(ben, client=66)
    await socket.hears("step 1")
    await socket.say(b"\xff")
    await socket.update(update(block(66, 0, string("too late"))))
    await closes(socket, Close.BAD_FRAME)
    await reader.types(".")
    assert "too late" not in reader.text


async def test_the_room_goes_on_for_the_others_after_every_abuse(visit: Visit, sit: Sit, ada: User, ben: User) -> None:
    reader, writer = await sit(ada), await sit(ben)
    for number, frame in enumerate([*FRAMES.values(), *map(protocol.update, UPDATES.values())]):
        socket = await visit(ben, client=66)
        await socket.say(frame)
        await socket.closed()
        await writer.types(f" {number}")
        await reader.reads(f" {number}")
    assert reader.text == writer.text
    assert reader.code is writer.code is None


async def test_a_log_line_names_what_was_refused_and_never_the_text(
    visit: Visit, ben: User, caplog: pytest.LogCaptureFixture
) -> None:
    for data in (update(block(66, 0, string("a secret"))) + b"\x00", update(block(66, 0, string("😀 a secret")),
                                                                           deletions=[(66, 0, 1)])):  # fmt: skip
        socket = await visit(ben, client=66)
        await socket.update(data)
        await socket.closed()
    lines = [record.getMessage() for record in caplog.records]
    assert any("malformed" in line and f"user {ben.pk}" in line for line in lines)
    assert any("split-character" in line for line in lines)
    assert any("bad-frame" in line for line in lines)
    assert "secret" not in caplog.text
