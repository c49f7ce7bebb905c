"""A client that does not read what it is sent."""

import functools
import socket
import time
from collections.abc import Iterator

import pytest
from pycrdt import Doc, Text
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from core.tests.servers import Server, Templates, servers
from core.tests.services import wait_until
from realtime import protocol
from realtime.tests.peers.node import Host, Peer, converge
from realtime.tests.peers.stage import Person, Stage
from realtime.tests.peers.test_hostile_frames import memory

pytestmark = pytest.mark.node

BACKLOG = 1_000_000
PAGE = "Water finds its level. " * 4_000
TURNS = 150
NAP_TURNS, NAP_PAGE = 60, PAGE * 2
MOST_GROWTH = 40  # MB; all that is sent to one client is three times as much


@pytest.fixture(scope="module")
def server(_templates: Templates) -> Iterator[Server]:
    with servers(_templates) as running:
        yield running.serve(LOG_LEVEL="WARNING", SOCKET_BACKLOG_BYTES=str(BACKLOG), FRAMES_PER_SECOND="10000")


def line_of(server: Server, note: str, person: Person, buffer: int = 4096) -> ClientConnection:
    """A connection that reads only when it is told to, into a small buffer."""
    line = socket.create_connection(("127.0.0.1", server.port))
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    return connect(
        f"ws://127.0.0.1:{server.port}/ws/notes/{note}",
        sock=line,
        origin=Origin(server.url),
        additional_headers={"Cookie": person.cookie},
        subprotocols=[Subprotocol("commonplace.v1")],
        max_queue=1,
        max_size=None,
        ping_interval=None,
    )


@pytest.mark.slow
def test_who_does_not_read_is_given_up_and_costs_little(server: Server, stage: Stage, host: Host) -> None:
    note = stage.note()
    ada, ben = host.peer(stage.person("Ada"), server, note), host.peer(stage.person("Ben"), server, note)
    assert server.process is not None
    with line_of(server, note, stage.person("Mallory")) as deaf:
        before = memory(server.process.pid)
        for turn in range(TURNS):
            ada.act("replace", at=0, length=len(PAGE) * 2, text=f"{turn} {PAGE}")
            wait_until(functools.partial(reads, ben, turn), "Ben reads on")
        grown = memory(server.process.pid) - before
        assert grown < MOST_GROWTH, f"{grown:.0f} MB"
        wait_until(lambda: "too-slow" in server.log, "the server gives it up")
        with pytest.raises(ConnectionClosed):
            drain(deaf)
    assert converge(ada, ben).startswith(f"{TURNS - 1} ")


def reads(peer: Peer, turn: int) -> bool:
    return peer.text.startswith(f"{turn} ")


def drain(line: ClientConnection) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        line.recv(timeout=20)


@pytest.mark.slow
def test_who_reads_again_is_given_what_it_missed_at_once(server: Server, stage: Stage, host: Host) -> None:
    note = stage.note()
    ada, ben = host.peer(stage.person("Ada"), server, note), host.peer(stage.person("Ben"), server, note)
    sleepy: Doc[Text] = Doc()
    with line_of(server, note, stage.person("Cleo"), buffer=65_536) as line:
        for turn in range(NAP_TURNS):
            ada.act("replace", at=0, length=len(NAP_PAGE) * 2, text=f"{turn} {NAP_PAGE}")
            wait_until(functools.partial(reads, ben, turn), "Ben reads on")
        text, heard = sleepy.get("content", type=Text), 0
        line.send(protocol.step_1({}))
        while str(text) != ben.text:
            frame = line.recv(timeout=20)
            assert isinstance(frame, bytes)
            heard += len(frame)
            if frame[:1] == b"\x00" and frame[1:2] in b"\x01\x02":
                sleepy.apply_update(protocol.read_bytes(frame, 2)[0])
    assert heard < NAP_TURNS * len(NAP_PAGE) / 2, "it was sent every page"
