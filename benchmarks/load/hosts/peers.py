"""The servers that others use, as they are released: Hocuspocus with SQLite, y-websocket with LevelDB."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from benchmarks.load.door import Door
from benchmarks.load.hosts import packages
from benchmarks.load.hosts.host import Host, Unavailable
from benchmarks.load.machine import server_cpu
from core.tests.services import Missing, Redis, free_port, wait_until
from realtime import protocol

POLITE_SECONDS = 15
TROUBLE = re.compile(r"Error|Assertion|fatal", re.IGNORECASE)  # the line of a log to tell
TOKEN = protocol.varint(2) + protocol.varint(0) + protocol.string("token")  # Hocuspocus: "I am allowed"; all are


class Peer(Host):
    """One or more processes of Node.js in one folder."""

    script = ""
    package = ""

    def __init__(self, *, processes: int = 1) -> None:
        self._node = packages.node()
        packages.check(self.package)
        self._folder = Path(tempfile.mkdtemp(prefix="commonplace-load-"))
        self._ports = [free_port() for _ in range(processes)]
        self._processes: list[subprocess.Popen[bytes]] = []

    def environment(self) -> dict[str, str]:
        """What the script reads besides HOST and PORT."""
        return {}

    def start(self) -> None:
        environment = {**os.environ, "NODE_ENV": "production", "HOST": "127.0.0.1", **self.environment()}
        with server_cpu(), (self._folder / "log").open("ab") as log:
            self._processes = [
                subprocess.Popen(
                    [self._node, self.script],
                    cwd=packages.PEERS,
                    env={**environment, "PORT": str(port)},
                    stdout=log,
                    stderr=log,
                )
                for port in self._ports
            ]
        wait_until(self._answer_or_dead, f"{type(self).__name__} answers")
        if any(process.poll() is not None for process in self._processes):
            raise Unavailable(f"it ended at once: {self.last_words()}")

    def _answer_or_dead(self) -> bool:
        return all(process.poll() is not None for process in self._processes) or all(map(_answers, self._ports))

    def last_words(self) -> str | None:
        if all(process.poll() is None for process in self._processes):
            return None
        lines = (self._folder / "log").read_text(errors="replace").splitlines()
        return next((line.strip(" #") for line in lines if TROUBLE.search(line)), "it said nothing")[:200]

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        for process in self._processes:
            process.send_signal(how)
        for process in self._processes:
            try:
                process.wait(timeout=POLITE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes = []

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes]

    def _url(self, turn: int) -> str:
        return f"ws://127.0.0.1:{self._ports[turn % len(self._ports)]}"


class Hocuspocus(Peer):
    script = "hocuspocus.js"
    package = "better-sqlite3"

    def __init__(self, *, processes: int = 1, flush_delay: int | None = None) -> None:
        """`flush_delay`: milliseconds that it gathers before it sends; None leaves that to it."""
        super().__init__(processes=processes)
        self._flush_delay = flush_delay
        self._open = contextlib.ExitStack()
        self._redis: Redis | None = None
        self._many = processes

    def environment(self) -> dict[str, str]:
        found = {"DATABASE": str(self._folder / "documents.sqlite")}
        if self._flush_delay is not None:
            found["FLUSH_DELAY"] = str(self._flush_delay)
        if self._redis:
            found["REDIS_PORT"] = str(self._redis.port)
        return found

    def start(self) -> None:
        if self._many > 1 and self._redis is None:
            try:
                with server_cpu():
                    self._redis = self._open.enter_context(Redis())
            except Missing as missing:
                raise Unavailable(str(missing)) from None
        super().start()

    def close(self) -> None:
        super().close()
        self._open.close()

    @property
    def service_pids(self) -> list[int]:
        return [self._redis.process.pid] if self._redis and self._redis.process else []

    def door(self, room: int, turn: int, client_id: int) -> Door:
        prefix = protocol.string(f"room-{room}")
        return Door(f"{self._url(turn)}/", (), prefix, (prefix + TOKEN,))


class YWebsocket(Peer):
    script = "node_modules/@y/websocket-server/src/server.js"
    package = "leveldown"

    def environment(self) -> dict[str, str]:
        return {"YPERSISTENCE": str(self._folder / "level")}

    def door(self, room: int, turn: int, client_id: int) -> Door:
        return Door(f"{self._url(turn)}/room-{room}")


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
        return True
    return False
