"""The disk of the database is full for a while."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.tests.leftout import leave_out
from core.tests.servers import Serve, Server
from core.tests.services import Postgres, wait_until
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.stage import Stage

DISK = "160m"  # a server does not begin with less than 64 MB
BLOCK = 1024 * 1024
FULL_SECONDS = 60.0
MEANWHILE = 30  # tokens each
FAILED = "could not be saved"


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small one of its own."""
    folder = Path(tempfile.mkdtemp(prefix="commonplace-disk-"))
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    try:
        if made.returncode:
            leave_out("only root may mount a small disk")
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)
        folder.rmdir()


@pytest.fixture
def server(serve: Serve, disk: Path) -> Server:
    """Its database is on that disk; its log is not, so that it can say what is wrong."""
    server = serve(LOG_LEVEL="WARNING")
    server.stop()
    shutil.copytree(server.data_dir, disk, dirs_exist_ok=True)
    server.data_dir = disk
    server.environment["DATA_DIR"] = str(disk)
    return server.start()


def fill(disk: Path) -> Path:
    """Whatever is left, to the last byte."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (BLOCK, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(os.urandom(size)) == size:
                    pass
    return ballast


@pytest.fixture
def on_postgres(serve: Serve, postgres: Postgres, disk: Path) -> Iterator[Server]:
    """Its tables are on that disk. PostgreSQL's journal is not: where that is full, PostgreSQL ends, as if killed."""
    server = serve(postgres=postgres, LOG_LEVEL="WARNING")
    server.stop()
    name = server.environment["DATABASE_URL"].rsplit("/", 1)[1]
    tables = disk / "tables"
    tables.mkdir()
    if postgres.owner:
        shutil.chown(tables, postgres.owner, postgres.owner)
    postgres.run(f"CREATE TABLESPACE small LOCATION '{tables}'")
    postgres.run(f"ALTER DATABASE {name} SET TABLESPACE small")
    yield server.start()
    server.stop()
    postgres.run(f"ALTER DATABASE {name} SET TABLESPACE pg_default")
    postgres.run("DROP TABLESPACE small")


def test_nothing_is_said_to_be_stored_that_is_not_and_it_recovers_by_itself(
    server: Server, play: Play, cycles: Callable[[int], int], disk: Path
) -> None:
    fill_again_and_again(server, play, cycles(2), disk)


@pytest.mark.postgres
def test_the_same_holds_on_postgresql(
    on_postgres: Server, play: Play, cycles: Callable[[int], int], disk: Path
) -> None:
    fill_again_and_again(on_postgres, play, cycles(2), disk)


def fill_again_and_again(server: Server, play: Play, times: int, disk: Path) -> None:
    def strike(crowd: Crowd) -> None:
        ends, failures = crowd.ends(), server.log.count(FAILED)
        ballast = fill(disk)
        try:
            # It goes on for a while in the space that SQLite's journal has, or that is left in PostgreSQL's pages.
            wait_until(lambda: server.log.count(FAILED) > failures, "a commit fails", FULL_SECONDS)
            crowd.types(MEANWHILE)
        finally:
            ballast.unlink()
        print(f"all is stored again {crowd.go_on():.1f} s after there was room")
        assert crowd.ends() == ends

    with Stage(server) as stage:
        play(stage, [server], strike, times)
    assert server.process is not None
    assert server.process.poll() is None
