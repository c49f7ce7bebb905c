"""A client that does not read what it is sent costs a bounded amount of memory, and is cut off."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.sync.client import connect

from core.tests.servers import ADA, BEN, Serve, Server
from realtime import protocol
from realtime.tests import said
from realtime.tests.feed.test_feed_servers import begin
from realtime.tests.writers import Writer

SECONDS = 30
BACKLOG = 200_000


@pytest.fixture
def deaf() -> Iterator[Callable[[Server, str], socket.socket]]:
    """A connection whose owner sends a sign of life now and then, and reads nothing."""
    open_ones: list[socket.socket] = []

    def ring(server: Server, path: str) -> socket.socket:
        line = socket.create_connection(("localhost", server.port))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        open_ones.append(line)
        request = (
            f"GET {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\nOrigin: {server.url}\r\n"
            f"Cookie: {server.cookie(ADA)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        line.sendall(request.encode())
        assert line.recv(12) == b"HTTP/1.1 101"
        return line

    yield ring
    for line in open_ones:
        line.close()


def cut_off(line: socket.socket) -> bool:
    """A masked, empty pong: Daphne takes it for a sign of life."""
    try:
        line.sendall(b"\x8a\x80\x00\x00\x00\x00")
    except OSError:
        return True
    return False


@pytest.mark.slow
def test_it_is_closed_while_others_read_on(serve: Serve, deaf: Any) -> None:
    server = serve(SOCKET_BACKLOG_BYTES=str(BACKLOG))
    note = begin(server, "Long")
    path = f"/ws/feed?topics=note:{note},reading:{note}"
    options: dict[str, Any] = {
        "additional_headers": {"Cookie": server.cookie(BEN)},
        "origin": server.url,
        "max_size": None,
    }
    line = deaf(server, path)
    with (
        connect(server.ws_url + path, **options) as page,
        connect(f"{server.ws_url}/ws/notes/{note}", **options) as desk,
    ):
        writer = Writer(77)
        desk.send(protocol.step_1({}))
        while said.read(bytes(desk.recv(timeout=SECONDS)))[0] != "step 2":
            pass
        turn, until = 0, time.monotonic() + SECONDS
        while not cut_off(line):
            assert time.monotonic() < until, "never cut off"
            # One block that changes as a whole each time.
            desk.send(protocol.update(writer.replace(0, len(writer.text), f"{turn} " + "word " * 30_000)))
            while f"{turn} word" not in str(page.recv(timeout=SECONDS)):
                pass
            turn += 1
    assert "too-slow" in server.log
