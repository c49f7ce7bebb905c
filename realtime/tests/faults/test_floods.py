"""More than anybody should send: frames, bytes, fragments, connections. Who types beside it goes on."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from core.tests.servers import BEN, Serve, Server
from core.tests.services import wait_until
from realtime import protocol
from realtime.closing import Close
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.stage import Stage
from realtime.tests.peers.test_hostile_frames import memory
from realtime.tests.wire import BINARY, CONTINUATION, Wire, frame
from realtime.tests.writers import Writer

FRAMES = 5_000
HUGE = 200 * 1024 * 1024
FRAGMENTS = 1_000_000
CONNECTIONS = 1_000
MOST_MEGABYTES = 60


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve(LOG_LEVEL="WARNING")


@pytest.fixture
def beside(play: Play, server: Server, cycles: Callable[[int], int]) -> Callable[[Callable[[Wire], None]], None]:
    """`beside(attack)`: while a crowd types, somebody in their note does something else. The crowd stays, all of it."""

    def run(attack: Callable[[Wire], None]) -> None:
        with Stage(server) as stage:
            stage.invite(BEN)

            def strike(crowd: Crowd) -> None:
                ends = crowd.ends()
                assert server.process is not None
                before = memory(server.process.pid)
                with Wire(server, BEN, f"/notes/{crowd.note}") as wire:
                    wire.hears("step 1")
                    attack(wire)
                print(f"everybody is heard {crowd.go_on(1):.2f} s later")
                assert crowd.ends() == ends
                assert memory(server.process.pid) - before < MOST_MEGABYTES

            play(stage, [server], strike, cycles(1))

    return run


def sent(wire: Wire, data: bytes) -> None:
    """As far as it is taken."""
    with contextlib.suppress(OSError):
        wire.send(data)


def test_thousands_of_frames_at_once(beside: Callable[[Callable[[Wire], None]], None]) -> None:
    writer = Writer(99)
    frames = b"".join(frame(protocol.update(writer.insert(0, "x"))) for _ in range(FRAMES))

    def attack(wire: Wire) -> None:
        sent(wire, frames)
        assert wire.closing_code() in (Close.TOO_FAST, None)

    beside(attack)


def test_a_frame_of_two_hundred_megabytes(beside: Callable[[Callable[[Wire], None]], None]) -> None:
    head = bytes([0x80 | BINARY, 0x80 | 127]) + HUGE.to_bytes(8, "big") + b"\x11\x22\x33\x44"

    def attack(wire: Wire) -> None:
        sent(wire, head + bytes(1024 * 1024))
        assert wire.closing_code() in (Close.TOO_LARGE, None)

    beside(attack)


def test_a_million_empty_fragments(beside: Callable[[Callable[[Wire], None]], None]) -> None:
    fragments = frame(b"", CONTINUATION, final=False) * 10_000

    def attack(wire: Wire) -> None:
        sent(wire, frame(b"", final=False))
        for _ in range(FRAGMENTS // 10_000):
            sent(wire, fragments)

    beside(attack)


@pytest.fixture
def lines() -> Iterator[list[socket.socket]]:
    opened: list[socket.socket] = []
    yield opened
    for line in opened:
        line.close()


def test_a_storm_of_connections_half_of_which_say_nothing(
    server: Server, play: Play, cycles: Callable[[int], int], lines: list[socket.socket]
) -> None:
    half = f"GET /ws/notes/abcdefghijklmnop HTTP/1.1\r\nHost: localhost:{server.port}\r\n"
    whole = half + (
        f"Origin: {server.url}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )

    def storm() -> None:
        for number in range(CONNECTIONS):
            with contextlib.suppress(OSError):
                line = socket.create_connection(("localhost", server.port), timeout=5)
                lines.append(line)
                line.sendall((half, whole)[number % 2].encode())

    def strike(crowd: Crowd) -> None:
        ends = crowd.ends()
        thread = threading.Thread(target=storm)
        thread.start()
        print(f"everybody is heard {crowd.go_on(5):.2f} s into the storm", end="; ")
        thread.join()
        wait_until(lambda: len(lines) >= CONNECTIONS * 0.9, "the storm was one")
        print(f"and {crowd.go_on():.2f} s after it")
        assert crowd.ends() == ends

    with Stage(server) as stage:
        play(stage, [server], strike, cycles(1))
