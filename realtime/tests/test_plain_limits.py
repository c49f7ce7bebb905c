"""Requests that break the protocol or its limits end their own connection, by name, and nothing else."""

import pytest

from core.accounts.models import User
from realtime import protocol
from realtime.caller import REQUESTS_AT_ONCE
from realtime.closing import Close
from realtime.consumers.call import BODY_FRAMES
from realtime.registry import Registry
from realtime.tests.client import until
from realtime.tests.conftest import Sit, Visit
from realtime.tests.hostile import block, lengthed, string, update, varint
from realtime.tests.plain import Plain
from realtime.tests.said import kinds
from realtime.tests.test_socket_frames import FRAMES, UPDATES

BODIES = {
    "a frame that is longer than the body": lengthed(b"\x03") + varint(100) + b"\x03",
    "a length without end": b"\xff" * 64,
    "a longer spelling of a length": b"\x81\x00\x03",
    "a length that is cut off": b"\x80",
}


async def waiting(visit: Visit, user: User) -> Plain:
    visitor = await visit(user, plain=True, client=66)
    assert isinstance(visitor, Plain)
    await visitor.hears("step 1")
    return visitor


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
async def test_a_frame_that_breaks_the_protocol_closes_the_connection(visit: Visit, ben: User, frame: bytes) -> None:
    answer = await (await waiting(visit, ben)).ask([frame]).answer()
    assert (answer.status, answer.messages[-1]) == (400, ("closing", Close.BAD_FRAME))


@pytest.mark.parametrize("data", UPDATES.values(), ids=UPDATES.keys())
async def test_an_update_that_no_honest_client_sends_closes_the_connection(
    visit: Visit, ben: User, data: bytes
) -> None:
    answer = await (await waiting(visit, ben)).ask([protocol.update(data)]).answer()
    assert kinds(answer.messages)[-2:] == ["refused", "closing"]
    assert answer.status == 400


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_is_no_frames_closes_the_connection(visit: Visit, ben: User, body: bytes) -> None:
    answer = await (await waiting(visit, ben)).ask(body=body).answer()
    assert (answer.status, answer.messages[-1]) == (400, ("closing", Close.BAD_FRAME))


async def test_the_room_goes_on_for_the_others(visit: Visit, sit: Sit, ada: User, ben: User) -> None:
    reader, writer = await sit(ada), await sit(ben)
    for number, body in enumerate([*BODIES.values(), *map(lengthed, FRAMES.values())]):
        await (await waiting(visit, ben)).ask(body=body).answer()
        await writer.types(f" {number}")
        await reader.reads(f" {number}")


async def test_a_frame_that_is_too_large_closes_the_connection(visit: Visit, rooms: Registry, ben: User) -> None:
    answer = await (await waiting(visit, ben)).ask([bytes(rooms.limits.frame_bytes + 1)]).answer()
    assert (answer.status, answer.messages[-1]) == (413, ("closing", Close.TOO_LARGE))


async def test_a_body_that_is_too_large_is_not_read(visit: Visit, rooms: Registry, ben: User) -> None:
    answer = await (await waiting(visit, ben)).ask(body=bytes(BODY_FRAMES * rooms.limits.frame_bytes + 1)).answer()
    assert (answer.status, answer.messages) == (413, [("closing", Close.TOO_LARGE)])


async def test_the_largest_body_is_read(visit: Visit, rooms: Registry, ben: User) -> None:
    visitor = await waiting(visit, ben)
    units, frames = (rooms.limits.frame_bytes - 100) // 2, []
    for clock in range(0, BODY_FRAMES * units, units):
        left = (66, clock - 1) if clock else None
        frames.append(protocol.update(update(block(66, clock, string("é" * units, left=left)))))
    assert ("stored", BODY_FRAMES) in (await visitor.ask(frames).answer()).messages


async def test_too_many_frames_at_once_close_the_connection(visit: Visit, rooms: Registry, ben: User) -> None:
    answer = await (await waiting(visit, ben)).ask([b"\x03"] * (3 * rooms.limits.frames_burst)).answer()
    assert (answer.status, answer.messages[-1]) == (429, ("closing", Close.TOO_FAST))


async def test_too_many_requests_one_after_the_other_close_the_connection(
    visit: Visit, rooms: Registry, ben: User
) -> None:
    visitor = await waiting(visit, ben)
    for _ in range(3 * rooms.limits.frames_burst):
        answer = await visitor.ask().answer()
        if answer.status != 200:
            break
    assert (answer.status, answer.messages[-1]) == (429, ("closing", Close.TOO_FAST))


async def test_too_many_requests_at_once_are_turned_away_and_the_others_wait_on(
    visit: Visit, rooms: Registry, ben: User
) -> None:
    visitor = await waiting(visit, ben)
    requests = [visitor.ask(wait=20) for _ in range(REQUESTS_AT_ONCE)]
    (caller,) = rooms.callers.values()
    await until(lambda: caller._requests == REQUESTS_AT_ONCE, "all wait")
    answer = await visitor.ask(wait=20).answer()
    assert (answer.status, answer.messages) == (429, [("closing", Close.TOO_MANY)])
    for request in requests:
        assert not request.answered
        await request.hang_up()
