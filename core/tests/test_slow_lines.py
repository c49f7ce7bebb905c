"""Who takes long to read what they were sent is waited for; whoever reads nothing is not."""

import re
import select
import socket
import time

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from core.tests.servers import BEN, Serve, Server
from core.tests.services import wait_until
from realtime import protocol
from realtime.consumers.note import SUBPROTOCOL
from realtime.tests import said
from realtime.tests.wire import Wire, frame
from realtime.tests.writers import Writer

PING_SECONDS = 2
TEXT = "x" * 130_000
TIMES = 7  # so often it is written, for it takes several pings to read it all
READS, PAUSE = 32_768, 0.3  # bytes, seconds


class SlowWire(Wire):
    """Its window is small, and it takes a little of it at a time."""

    def __init__(self, server: Server, email: str, path: str) -> None:
        super().__init__(server, email, path)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READS)

    def _read(self, most: int = READS) -> None:
        time.sleep(PAUSE)
        super()._read(most)


def long_note(server: Server) -> str:
    """The path of the demo's note, with much more in it."""
    page = re.search(r"/notes/[a-z0-9]{16}", server.get("/", BEN)[1])
    assert page, "the demo has no note"
    headers = {"Cookie": server.cookie(BEN)}
    line = connect(
        f"{server.ws_url}/ws{page[0]}",
        additional_headers=headers,
        origin=Origin(server.url),
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        open_timeout=30,
    )
    with line:
        writer = Writer(1_000)
        heard = (said.read(each) for each in line if isinstance(each, bytes))
        for number in range(1, TIMES + 1):
            line.send(protocol.update(writer.append(TEXT)))
            next(each for each in heard if each[:2] == ("stored", number))
    return page[0]


def hung_up(wire: Wire) -> bool:
    """However much was not read: the other side has left."""
    poll = select.poll()
    poll.register(wire.socket, 0)
    return any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0))


@pytest.mark.slow
def test_who_reads_slowly_gets_all_of_a_long_note(serve: Serve) -> None:
    server = serve(PING_SECONDS=str(PING_SECONDS))
    with SlowWire(server, BEN, long_note(server)) as wire:
        begun = time.monotonic()
        wire.send(frame(protocol.step_1({})))
        _, answer = wire.hears("step 2", seconds=60)
        assert time.monotonic() - begun > 3 * PING_SECONDS, "nobody had to be patient"
    assert len(answer) > TIMES * len(TEXT)


@pytest.mark.slow
def test_who_reads_nothing_is_given_up(serve: Serve) -> None:
    server = serve(PING_SECONDS=str(PING_SECONDS))
    with SlowWire(server, BEN, long_note(server)) as wire:
        wire.send(frame(protocol.step_1({})))
        wait_until(lambda: hung_up(wire), "the server hangs up")
