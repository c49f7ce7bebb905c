"""Throw-away PostgreSQL and Redis for tests: real servers on free loopback ports, gone with their folder."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import psycopg
import redis

from core.tests.leftout import leave_out

OLDEST_POSTGRES = 15


class Missing(Exception):
    """A program that a service needs is not on this machine."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Asks every 20 ms until `condition` holds; raises TimeoutError naming `what`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {seconds:g} s still waiting: {what}.")
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


class Service(ABC):
    """A child process with a folder of its own. Ended by its id, with SIGKILL if it does not go by itself."""

    polite = signal.SIGTERM

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"commonplace-{type(self).__name__.lower()}-"))
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def start(self) -> None:
        """Returns when it answers."""

    def stop(self) -> None:
        """Ends it politely; what it stored stays, and `start` brings it back."""
        self._end(self.polite)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """It is there and does nothing, as on a machine that hangs; `thaw` lets it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _log(self) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text(errors="replace")[-2000:]
        return ""

    def _wait(self, answers: Callable[[], bool]) -> None:
        process = self.process
        assert process is not None

        def up_or_dead() -> bool:
            return process.poll() is not None or answers()

        wait_until(up_or_dead, f"{type(self).__name__} answers")
        if process.poll() is not None:
            raise RuntimeError(f"{type(self).__name__} ended at once:\n{self._log()}")


class Redis(Service):
    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise Missing("redis-server is not installed")
        self.program = program
        super().__init__()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = {"bind": "127.0.0.1", "port": self.port, "save": "", "appendonly": "no", "dir": self.folder}
        command = [self.program, *(str(word) for name, value in options.items() for word in (f"--{name}", value))]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait(self._answers)

    def _answers(self) -> bool:
        try:
            with redis.Redis(port=self.port) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def clear(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()


class Postgres(Service):
    """A cluster with the superuser `commonplace` and no password, on loopback only.

    fsync is off: nobody pulls this machine's plug, and SIGKILL loses nothing that reached the kernel.
    """

    polite = signal.SIGINT  # "fast shutdown": does not wait for clients

    def __init__(self) -> None:
        self.bin = _postgres_programs()
        super().__init__()
        # PostgreSQL refuses to run as root.
        self.owner = "postgres" if os.geteuid() == 0 else None
        if self.owner:
            shutil.chown(self.folder, self.owner, self.owner)
        self.names = 0

    def url_of(self, database: str) -> str:
        return f"postgres://commonplace@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        cluster = self.folder / "cluster"
        if not cluster.exists():
            self._init(cluster)
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self.folder}"]
        settings += ["fsync=off", "max_connections=200"]
        command = [str(self.bin / "postgres"), "-D", str(cluster), *(word for s in settings for word in ("-c", s))]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, user=self.owner, group=self.owner
            )
        self._wait(self._answers)

    def kill(self) -> None:
        """Its children find out by themselves that it is gone; until the last one is, it cannot begin again."""
        assert self.process is not None
        children = children_of(self.process.pid)
        super().kill()
        wait_until(lambda: not any(map(is_running, children)), "PostgreSQL's children are gone")

    def _init(self, cluster: Path) -> None:
        command = [str(self.bin / "initdb"), "-D", str(cluster), "-U", "commonplace", "--auth=trust", "--no-sync"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(
            command, cwd=self.folder, user=self.owner, group=self.owner, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url_of("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, template: str = "template1") -> str:
        """Makes a database, a copy of `template`; returns its name."""
        self.names += 1
        name = f"commonplace_{self.names}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _postgres_programs() -> Path:
    """The folder with initdb and postgres: from PATH, or the newest of Debian's."""
    folders = [Path(found).resolve().parent for name in ("initdb", "postgres") if (found := shutil.which(name))]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
            if int(said.split()[2].split(".")[0]) >= OLDEST_POSTGRES:
                return folder
    raise Missing(f"PostgreSQL {OLDEST_POSTGRES} or newer is not installed")


@contextlib.contextmanager
def needed[S: Service](kind: Callable[[], S]) -> Iterator[S]:
    """A running service for the tests that ask for it; they are left out where its program is missing."""
    try:
        service = kind()
    except Missing as missing:
        leave_out(str(missing))
    with service:
        yield service
