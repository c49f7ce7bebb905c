"""Commonplace as it is served, with everything on: sessions, rights, admission, presence, acknowledgements."""

import contextlib
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.load.door import Door
from benchmarks.load.hosts.host import Host, Unavailable
from benchmarks.load.machine import server_cpu
from core.tests.servers import Server, Templates, servers
from core.tests.services import Missing, Postgres, Redis
from realtime.tests.peers.stage import Stage

SUBPROTOCOL = "commonplace.v1"  # as the browser asks: what is stored is said
PEOPLE, NOTES = 50, 200
# A load is not an attack: one machine plays everybody, and fifty people play a thousand. Nothing else is changed.
RAISED = {
    "FRAMES_PER_SECOND": "1000000",
    "FRAMES_BURST": "1000000",
    "USER_FRAMES_PER_SECOND": "1000000",
    "USER_FRAMES_BURST": "1000000",
    "SOCKETS_PER_USER": "1000",
}
SETTINGS: dict[str, Any] = {"LOG_LEVEL": "WARNING", "DEBUG": "false", "HTTPS": "false", **RAISED}


class Ours(Host):
    def __init__(self, *, processes: int = 1, postgres: bool = False) -> None:
        self._many, self._postgres = processes, postgres or processes > 1
        self._open = contextlib.ExitStack()
        self._servers: list[Server] = []
        self._services: list[Postgres | Redis] = []
        self._cookies: list[str] = []
        self._notes: list[str] = []

    def start(self) -> None:
        with server_cpu():
            if self._servers:
                for server in self._servers:
                    server.start()
            else:
                self._first_start()

    def _first_start(self) -> None:
        try:
            postgres = self._service(Postgres()) if self._postgres else None
            redis = self._service(Redis()) if self._many > 1 else None
        except Missing as missing:
            raise Unavailable(str(missing)) from None
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="commonplace-load-")))
        running = self._open.enter_context(servers(Templates(folder)))
        url = redis.url if redis else ""
        first = running.serve(postgres=postgres, redis_url=url, **SETTINGS)
        others = [running.serve(beside=first, redis_url=url, **SETTINGS) for _ in range(self._many - 1)]
        self._servers = [first, *others]
        with Stage(first) as stage:
            self._cookies = [stage.person(f"Writer {number}").cookie for number in range(PEOPLE)]
            self._notes = stage.notes([""] * NOTES)

    def _service[S: Postgres | Redis](self, service: S) -> S:
        self._open.enter_context(service)
        self._services.append(service)
        return service

    def stop(self) -> None:
        for server in self._servers:
            server.stop()

    def kill(self) -> None:
        for server in self._servers:
            server.kill()

    def last_words(self) -> str | None:
        ended = [server for server in self._servers if server.process and server.process.poll() is not None]
        return ended[0].log[-200:] if ended else None

    def close(self) -> None:
        self._open.close()

    @property
    def pids(self) -> list[int]:
        return [server.process.pid for server in self._servers if server.process]

    @property
    def service_pids(self) -> list[int]:
        return [service.process.pid for service in self._services if service.process]

    def door(self, room: int, turn: int, client_id: int) -> Door:
        server = self._servers[turn % len(self._servers)]
        headers = (
            ("Cookie", self._cookies[turn % len(self._cookies)]),
            ("Origin", server.url),
            ("Sec-WebSocket-Protocol", SUBPROTOCOL),
        )
        return Door(f"ws://127.0.0.1:{server.port}/ws/notes/{self._notes[room]}?client={client_id}", headers)
