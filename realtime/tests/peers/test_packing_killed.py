"""kill -9 in the middle of packing, and two processes that pack at once: the log stays whole, each update there once.

ROUNDS=50 kills more often.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.lib.env import BASE_DIR
from core.tests.servers import Serve, Server
from core.tests.services import Postgres, wait_until
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0)]

ROUNDS = int(os.environ.get("ROUNDS", "2"))
UPDATES = 11_999  # besides the first: six segments
PACKED = (0, 6)  # rows, segments


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
