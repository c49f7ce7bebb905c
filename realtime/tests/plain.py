"""Clients that come by plain requests: the whole way through core.asgi, with cookie and origin."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode

from channels.testing import HttpCommunicator
from django.conf import settings

from core.asgi import application
from realtime.tests import said
from realtime.tests.client import SECONDS, Socket, Typist
from realtime.tests.hostile import lengthed
from realtime.tests.said import Reader, Said

TYPE = "application/octet-stream"
_lines = count()


def new_line() -> str:
    return f"{next(_lines):016}"


@dataclass(frozen=True)
class Answer:
    status: int
    stream: str
    first: int
    frames: list[bytes]

    @property
    def messages(self) -> list[Said]:
        return [said.read(frame) for frame in self.frames]


class Request:
    """One request, which may wait for its answer. `path` is that of the note's socket."""

    def __init__(
        self,
        path: str,
        session: str,
        frames: Iterable[bytes] = (),
        *,
        origin: str | None = "allowed",
        content_type: str | None = TYPE,
        method: str = "POST",
        body: bytes | None = None,
        **query: Any,
    ) -> None:
        headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode())]
        if origin is not None:
            headers.append((b"origin", Socket._origin(origin)))
        if content_type is not None:
            headers.append((b"content-type", content_type.encode()))
        query = {name: value for name, value in query.items() if value is not None}
        said_here = b"".join(map(lengthed, frames)) if body is None else body
        address = f"{path.replace('/ws/', '/sync/')}?{urlencode(query)}"
        self._line = HttpCommunicator(application, method, address, said_here, headers)
        self._answering = asyncio.ensure_future(self._line.get_response(timeout=SECONDS))

    @property
    def answered(self) -> bool:
        return bool(self._answering.done())

    async def answer(self) -> Answer:
        response: dict[str, Any] = await self._answering
        body = response["body"]
        reader = Reader(body)
        if not body:
            return Answer(response["status"], "", 0, [])
        stream, first, frames = reader.string(), reader.number(), []
        while reader.at < len(body):
            frames.append(reader.bytes())
        return Answer(response["status"], stream, first, frames)

    async def headers(self) -> dict[bytes, bytes]:
        return dict((await self._answering)["headers"])

    async def hang_up(self) -> None:
        """The client goes away without waiting for the answer."""
        self._answering.cancel()
        await self._line.send_input({"type": "http.disconnect"})
        await self._line.wait(timeout=SECONDS)


class Plain(Socket):
    """Looks like a socket to the tests. `origin`, `epoch` and `client` are as there."""

    def __init__(
        self,
        path: str,
        session: str = "",
        *,
        origin: str | None = "allowed",
        epoch: int | str | None = None,
        client: int | str | None = None,
        line: str = "",
    ) -> None:
        self._path, self._session, self._origin_said = path, session, origin
        self._query = {"epoch": epoch, "client": client, "line": line or new_line()}
        self._inbox: deque[Said] = deque()
        self._heard: dict[str, int] = {}
        self._said = 0
        self.status = 0
        self.requests = 0
        self.stock = False
        self.accepted = False
        self.code: int | None = None
        self.left = False

    def ask(self, frames: Iterable[bytes] = (), **query: Any) -> Request:
        """Sends a request; its answer is to be taken by hand."""
        heard = ",".join(f"{stream}.{number}" for stream, number in self._heard.items())
        self.requests += 1
        whole: dict[str, Any] = {**self._query, "said": self._said, "heard": heard, **query}
        return Request(self._path, self._session, frames, origin=self._origin_said, **whole)

    def take(self, answer: Answer) -> None:
        self.status = answer.status
        heard = self._heard.get(answer.stream, 0)
        assert answer.first <= heard + 1, "something was missed"
        self._inbox.extend(map(said.read, answer.frames[heard + 1 - answer.first :]))
        if answer.stream:
            self._heard[answer.stream] = max(heard, answer.first + len(answer.frames) - 1)

    async def open(self) -> None:
        self.take(await self.ask().answer())
        self.accepted = self.status == 200

    async def leave(self) -> None:
        if not self.left:
            await self.ask(bye=1).answer()
        self.left = True

    async def say(self, *frames: bytes) -> None:
        request = self.ask(frames)
        self._said += sum(frame[:2] in (b"\x00\x01", b"\x00\x02") for frame in frames)
        self.take(await request.answer())

    async def next(self) -> Said:
        assert self.code is None, f"closed already, with {self.code}"
        while not self._inbox:
            self.take(await self.ask(wait=SECONDS).answer())
        message = self._inbox.popleft()
        if message[0] == "closing":
            self._inbox = deque([("closed", message[1])])
        elif message[0] == "closed":
            self.code = message[1]
        return message


class PlainTypist(Typist, Plain):
    """Somebody who reads and writes, by plain requests."""
