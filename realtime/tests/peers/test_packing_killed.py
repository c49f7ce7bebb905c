"""kill -9 in the middle of packing, and two processes that pack at once: the log stays whole, each update there once.

Of the command, which is itself the packer; and of the child that packs for a server.

ROUNDS=50 kills more often.
"""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from core.lib.env import BASE_DIR
from core.tests.servers import Serve, Server
from core.tests.services import Postgres, children_of, wait_until
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0)]

ROUNDS = int(os.environ.get("ROUNDS", "2"))
UPDATES = 11_999  # besides the first: six segments
PACKED = (0, 6)  # rows, segments
PATIENCE = 120.0  # seconds for what a server does by and by


@contextmanager
def packer(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py pack_history` beside the server, which is over at the end, one way or the other."""
    command = [sys.executable, "manage.py", "pack_history"]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=server.environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def full(stage: Stage) -> str:
    note = stage.note("Here we go. 🌊")
    stage.fill(note, UPDATES)
    return note


def killed_half_way(server: Server, stage: Stage) -> None:
    half_way = 0
    for _ in range(ROUNDS):
        note = full(stage)
        before = stage.log(note)
        with packer(server) as process:
            wait_until(lambda note=note: stage.kept(note)[1] > 0, "a segment is made", seconds=60)  # type: ignore[misc]
            process.kill()
        half_way += stage.kept(note) != PACKED
        assert stage.log(note) == before
        server.manage("pack_history")
        assert stage.kept(note) == PACKED
        assert stage.log(note) == before
    assert half_way


def two_at_once(server: Server, stage: Stage) -> None:
    note = full(stage)
    before = stage.log(note)
    with packer(server) as first, packer(server) as second:
        assert first.wait(60) == second.wait(60) == 0
    server.manage("pack_history")  # each may have left to the other what it was late for
    assert stage.kept(note) == PACKED
    assert stage.log(note) == before


# --- The child of a server ---------------------------------------------------------------------------------------


def wake(server: Server) -> None:
    """A server begins with its chores when the first visitor comes, even one that is turned away."""
    headers = {"Origin": server.url, "Content-Type": "application/octet-stream"}
    address = f"{server.url}/sync/notes/{'a' * 16}?line=1234567890abcdef"
    with suppress(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(address, b"", headers), timeout=20).close()


def packs(pid: int) -> bool:
    with suppress(OSError):
        return b"notes.packing.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def children(server: Server) -> list[int]:
    """Those that pack, at this moment."""
    assert server.process is not None
    return [pid for pid in children_of(server.process.pid) if packs(pid)]


def strike(server: Server, how: signal.Signals) -> list[int]:
    """There is one for as long as it packs a segment: whoever sees it sees it in the middle."""
    struck = []
    for pid in children(server):
        with suppress(ProcessLookupError):
            os.kill(pid, how)
            struck.append(pid)
    return struck


def killed(server: Server, times: int) -> bool:
    """Kills until it has been told so often."""
    if server.log.count("ended without an answer (status -9); nothing is lost") >= times:
        return True
    strike(server, signal.SIGKILL)
    return False


def child_killed(server: Server, stage: Stage) -> None:
    note = full(stage)
    before = stage.log(note)
    wake(server)
    wait_until(lambda: killed(server, 1), "the child is killed", PATIENCE)
    assert stage.kept(note) == (UPDATES + 1, 0)
    assert stage.log(note) == before
    wait_until(lambda: stage.kept(note)[1] > 0, "it is tried again", PATIENCE)
    wait_until(lambda: killed(server, 2), "the child is killed half-way", PATIENCE)
    assert stage.kept(note) != PACKED
    assert stage.log(note) == before
    wait_until(lambda: stage.kept(note) == PACKED, "all is packed", PATIENCE)
    assert stage.log(note) == before
    assert "Traceback" not in server.log, server.log[-5000:]


def child_frozen(server: Server, stage: Stage) -> int:
    """It does not go on, with all that it was given to do."""
    full(stage)
    wake(server)
    wait_until(lambda: bool(strike(server, signal.SIGSTOP)), "it packs", PATIENCE)
    (child,) = children(server)
    return child


def test_the_child_of_a_server_is_killed(serve: Serve) -> None:
    with Stage(server := serve(LOG_LEVEL="WARNING")) as stage:
        child_killed(server, stage)


def test_a_server_that_stops_does_not_wait_for_its_child(serve: Serve) -> None:
    with Stage(server := serve(LOG_LEVEL="WARNING")) as stage:
        child = child_frozen(server, stage)
        assert server.stop() == 0
        assert not packs(child)
        assert "Traceback" not in server.log, server.log[-5000:]


def test_the_child_of_a_server_that_was_killed_ends_by_itself(serve: Serve) -> None:
    with Stage(server := serve(LOG_LEVEL="WARNING")) as stage:
        child = child_frozen(server, stage)
        server.kill()
        os.kill(child, signal.SIGCONT)
        wait_until(lambda: not packs(child), "it has ended")


# --- The command -------------------------------------------------------------------------------------------------


def test_a_packer_that_is_killed_leaves_a_whole_log(serve: Serve) -> None:
    with Stage(server := serve(LOG_LEVEL="WARNING")) as stage:
        killed_half_way(server, stage)


def test_two_processes_pack_one_note(serve: Serve) -> None:
    with Stage(server := serve(LOG_LEVEL="WARNING")) as stage:
        two_at_once(server, stage)


@pytest.mark.postgres
def test_the_same_holds_on_postgresql(serve: Serve, postgres: Postgres) -> None:
    with Stage(server := serve(postgres=postgres, LOG_LEVEL="WARNING")) as stage:
        killed_half_way(server, stage)
        two_at_once(server, stage)
