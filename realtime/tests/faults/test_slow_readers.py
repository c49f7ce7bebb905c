"""Clients that do not read, or a byte now and then, in a note where much is written: they go, and nobody notices."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from core.tests.servers import BEN, Serve, Server
from core.tests.services import wait_until
from realtime.tests.peers.node import Host, Peer, converge
from realtime.tests.peers.stage import Stage
from realtime.tests.peers.test_hostile_frames import memory
from realtime.tests.wire import Wire

READERS = 20
GONE_SECONDS = 45.0
MEGABYTES_EACH = 8
BYTE_EVERY_SECONDS = 3.0
PAGE = "Water finds its level. " * 2_000


class Slow(Wire):
    """Reads nothing, or a byte at a time."""

    def ended(self) -> bool:
        """Whether the other side let it go; what it sent before may still wait to be read."""
        state = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        return state != TCP_ESTABLISHED


TCP_ESTABLISHED = 1


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve(
        LOG_LEVEL="WARNING",
        FRAMES_PER_SECOND="10000",
        FRAMES_BURST="10000",
        USER_FRAMES_PER_SECOND="10000",
        USER_FRAMES_BURST="10000",
    )


@pytest.fixture
def trickle() -> Iterator[list[Slow]]:
    """Whoever is in it reads a byte every three seconds."""
    readers: list[Slow] = []
    done = threading.Event()

    def read_on() -> None:
        while not done.wait(BYTE_EVERY_SECONDS):
            for reader in list(readers):
                with contextlib.suppress(OSError):
                    reader.socket.recv(1, socket.MSG_DONTWAIT)

    thread = threading.Thread(target=read_on, daemon=True)
    thread.start()
    yield readers
    done.set()
    thread.join()
    for reader in readers:
        reader.socket.close()


@pytest.mark.parametrize("reads", [False, True], ids=["silent", "a byte every 3 s"])
def test_they_are_let_go_and_cost_little(server: Server, host: Host, trickle: list[Slow], reads: bool) -> None:
    assert server.process is not None
    with Stage(server) as stage, contextlib.ExitStack() as stack:
        note = stage.note()
        stage.invite(BEN)
        ada, ben = host.peer(stage.person("Ada"), server, note), host.peer(stage.person("Ben"), server, note)
        slow = [stack.enter_context(Slow(server, BEN, f"/notes/{note}")) for _ in range(READERS)]
        for reader in slow:
            reader.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        if reads:
            trickle += slow
        before, most, slowest, begun = memory(server.process.pid), 0.0, 0.0, time.monotonic()
        turn = 0
        while not all(reader.ended() for reader in slow):
            assert time.monotonic() - begun < GONE_SECONDS, "they are still there"
            slowest = max(slowest, write(ada, ben, turn := turn + 1))
            most = max(most, memory(server.process.pid) - before)
        took = time.monotonic() - begun
        print(f"\n{READERS} gone after {took:.1f} s, {turn} pages; at most {most:.0f} MB more; others {slowest:.2f} s")
        assert most < READERS * MEGABYTES_EACH
        assert converge(ada, ben).startswith(f"{turn} ")


def write(ada: Peer, ben: Peer, turn: int) -> float:
    """A page that replaces the page before; how long it takes to the other."""
    begun = time.monotonic()
    ada.act("replace", at=0, length=len(PAGE) * 2, text=f"{turn} {PAGE}")
    wait_until(lambda: ben.text.startswith(f"{turn} "), "Ben reads on")
    return time.monotonic() - begun
