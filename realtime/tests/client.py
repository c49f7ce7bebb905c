"""A client of the note socket: the whole way through core.asgi, with cookie and origin."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from core.accounts.models import User
from core.asgi import application
from notes.documents import text_hash
from notes.models import Note
from realtime import protocol
from realtime.protocol import AwarenessEntry
from realtime.tests import said
from realtime.tests.hostile import lengthed, varint
from realtime.tests.said import Said
from realtime.tests.writers import Writer

# Only a failing test waits so long.
SECONDS = 20
SUBPROTOCOL = "commonplace.v1"


def session_of(user: User) -> str:
    """Signs in, and returns the key of the session."""
    browser = Client()
    browser.force_login(user)
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


async def until(condition: Callable[[], bool], what: str) -> None:
    """Asks again and again, and lets everything else run in between."""
    try:
        async with asyncio.timeout(SECONDS):
            while not condition():
                await asyncio.sleep(0.002)
    except TimeoutError:
        raise AssertionError(f"still waiting: {what}") from None


async def hang_up(line: WebsocketCommunicator) -> None:
    """Once is enough. A line that broke in the test says nothing more: raised in a fixture's end, its CancelledError
    would take pytest past every other fixture's end, and past emptying the database.
    """
    if not line.future.done():
        await line.disconnect(timeout=SECONDS)


class Socket:
    """One connection. `stock` does not ask for the subprotocol; `origin` None sends no such header.

    With `deaf` nothing leaves the server but what `next` asks for, as when a client stops reading.
    """

    def __init__(
        self,
        path: str,
        session: str = "",
        *,
        stock: bool = False,
        origin: str | None = "allowed",
        epoch: int | str | None = None,
        client: int | str | None = None,
        deaf: bool = False,
    ) -> None:
        headers = [] if origin is None else [(b"origin", self._origin(origin))]
        if session:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
        query = urlencode({name: value for name, value in (("epoch", epoch), ("client", client)) if value is not None})
        self._line = WebsocketCommunicator(
            application, f"{path}?{query}", headers=headers, subprotocols=[] if stock else [SUBPROTOCOL]
        )
        if deaf:
            self._line._output_queue = asyncio.Queue(maxsize=1)
        self.stock = stock
        self.accepted = False
        self.subprotocol: str | None = None
        self.code: int | None = None  # with which it was closed
        self.left = False

    @staticmethod
    def _origin(origin: str) -> bytes:
        return (settings.ALLOWED_ORIGINS[0] if origin == "allowed" else origin).encode()

    async def open(self) -> None:
        self.accepted, answer = await self._line.connect(timeout=SECONDS)
        if self.accepted:
            self.subprotocol = answer
        else:
            self.code = answer

    async def leave(self) -> None:
        if not self.left:
            await hang_up(self._line)
        self.left = True

    # --- Speaking ------------------------------------------------------------------------------------------------

    async def say(self, *frames: bytes) -> None:
        for frame in frames:
            await self._line.send_input({"type": "websocket.receive", "bytes": frame})

    async def say_text(self, text: str) -> None:
        await self._line.send_input({"type": "websocket.receive", "text": text})

    async def update(self, *updates: bytes) -> None:
        await self.say(*map(protocol.update, updates))

    async def move(self, client_id: int, state: str = "{}") -> None:
        await self.say(protocol.awareness([AwarenessEntry(client_id, 1, state)]))

    async def check(self, writer: Writer) -> int:
        vector = lengthed(protocol.state_vector(writer.clocks))
        await self.say(b"\x68" + vector + varint(writer.deleted_units) + text_hash(writer.text))
        return int((await self.hears("check"))[1])

    # --- Hearing -------------------------------------------------------------------------------------------------

    async def next(self) -> Said:
        """The next message. A close is the message ("closed", code)."""
        assert self.code is None, f"closed already, with {self.code}"
        output: dict[str, Any] = await self._line.receive_output(timeout=SECONDS)
        if output["type"] == "websocket.close":
            self.code = output["code"]
            return ("closed", self.code)
        return said.read(output["bytes"])

    async def hears(self, kind: str) -> Said:
        """Skips messages until one of this kind comes."""
        while (message := await self.next())[0] != kind:
            assert message[0] != "closed", f"closed with {message[1]} before {kind}"
        return message

    async def hears_until(self, kind: str) -> list[Said]:
        messages = [await self.next()]
        while messages[-1][0] not in (kind, "closed"):
            messages.append(await self.next())
        return messages

    async def closed(self) -> int:
        """Waits for the end."""
        while self.code is None:
            await self.next()
        return self.code

    async def heard_so_far(self) -> list[Said]:
        """What came before the answer to a question that is asked now."""
        await self.say(protocol.step_1({}))
        return (await self.hears_until("step 2"))[:-1]


class Typist(Socket):
    """A connection with a document: somebody who reads and writes."""

    def __init__(self, path: str, session: str, *, writer: Writer, **how: Any) -> None:
        super().__init__(path, session, client=writer.client_id, **how)
        self.writer = writer
        self.sent = 0
        self.asked: dict[int, int] = {}  # what the server had when it asked last

    @property
    def text(self) -> str:
        return self.writer.text

    async def open(self) -> None:
        """Connects and hears everything that is stored."""
        await super().open()
        await self.say(b"\x00\x00" + lengthed(self.writer.state_vector))
        await self.hears("step 2")

    async def next(self) -> Said:
        message = await super().next()
        if message[0] in ("update", "step 2"):
            self.writer.hear(message[1])
        elif message[0] == "step 1":
            self.asked = message[1]
        return message

    async def types(self, text: str) -> None:
        """Writes at the end and waits until that is stored."""
        await self.sends(self.writer.append(text))

    async def deletes(self, start: int, count: int) -> None:
        await self.sends(self.writer.delete(start, count))

    async def answers(self) -> None:
        """Sends what the server lacked when it asked, and waits until that is stored."""
        await self.sends(self.writer.lacks(protocol.state_vector(self.asked)))

    async def sends(self, update: bytes) -> None:
        self.sent += 1
        await self.update(update)
        while await self.hears("stored") != ("stored", self.sent):
            pass

    async def reads(self, text: str) -> None:
        """Waits until its text ends so."""
        while not self.text.endswith(text):
            message = await self.next()
            assert message[0] != "closed", f"closed with {message[1]}"


def path_of(note: Note) -> str:
    return f"/ws/notes/{note.public_id}"


async def do(service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Calls a service as a view would, in another thread."""
    return await sync_to_async(service)(*args, **kwargs)


async def sign_in(user: User) -> str:
    return str(await do(session_of, user))
