"""Frames leave in order; a client that does not read them is given up."""

import asyncio

from realtime.closing import Close
from realtime.outbox import Outbox


class Line:
    """The way to a client. `open` lets frames through."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.open = asyncio.Event()
        self.open.set()
        self.given_up: list[Close] = []

    async def send(self, frame: bytes) -> None:
        await self.open.wait()
        self.sent.append(frame)

    def give_up(self, code: Close, reason: str) -> None:
        self.given_up.append(code)

    def outbox(self, most_bytes: int = 1_000) -> Outbox:
        return Outbox(self.send, most_bytes, self.give_up)


async def test_frames_leave_in_the_order_in_which_they_came() -> None:
    line = Line()
    outbox = line.outbox()
    frames = [bytes([number]) for number in range(100)]
    for frame in frames:
        outbox.put(frame)
    await outbox.finish()
    assert line.sent == frames


async def test_what_waits_while_the_client_does_not_read_is_sent_when_it_does() -> None:
    line = Line()
    line.open.clear()
    outbox = line.outbox()
    outbox.put(b"one")
    await asyncio.sleep(0)
    outbox.put(b"two")
    line.open.set()
    await outbox.finish()
    assert line.sent == [b"one", b"two"]


async def test_a_client_that_leaves_too_much_unread_is_given_up_once() -> None:
    line = Line()
    line.open.clear()
    outbox = line.outbox(most_bytes=100)
    for _ in range(10):
        outbox.put(bytes(40))
    assert line.given_up == [Close.TOO_SLOW]
    outbox.drop()


async def test_a_client_that_is_given_up_holds_no_frames() -> None:
    line = Line()
    line.open.clear()
    outbox = line.outbox(most_bytes=100)
    for _ in range(10):
        outbox.put(bytes(40))
    assert not outbox._frames
    line.open.set()
    await outbox.finish()
    assert line.sent == []


async def test_frames_that_were_sent_do_not_count_as_unread() -> None:
    line = Line()
    outbox = line.outbox(most_bytes=100)
    for number in range(20):
        outbox.put(bytes(40))
        while len(line.sent) <= number:
            await asyncio.sleep(0)
    assert line.given_up == []
    outbox.drop()


async def test_nothing_is_taken_after_the_end() -> None:
    line = Line()
    outbox = line.outbox()
    await outbox.finish()
    outbox.put(b"late")
    outbox.drop()
    assert line.sent == []


async def test_a_line_that_broke_does_not_break_the_end() -> None:
    async def send(frame: bytes) -> None:
        raise OSError("gone")

    outbox = Outbox(send, 100, lambda code, reason: None)
    outbox.put(b"x")
    await outbox.finish()
