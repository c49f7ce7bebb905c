"""Daphne's WebSocket protocol with what it lacks: the close codes of a restart and of a frame that is too large, a send
that waits, an end to what may wait to be taken, and patience with slow lines."""

import asyncio
import fcntl
import logging
import struct
import termios
from collections.abc import Awaitable, Callable
from typing import Any

import autobahn.twisted.websocket
import autobahn.websocket.protocol
from daphne.ws_protocol import WebSocketFactory
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer  # type: ignore[import-untyped]

from core.lane import Lane
from core.lib.lanes import EXTENSION

logger = logging.getLogger(__name__)

RESTARTING = 1012
TOO_LARGE = 4413
INBOX_BYTES = 1024 * 1024  # what a client may send before the application takes it
MESSAGE_BYTES = 500  # what the shortest one takes in memory
ALIVE_BYTES = 16_384  # who reads so much between a ping and the time for its answer is slow, not dead


@implementer(IPushProducer)
class Socket(Lane):
    """The transport pauses it when its client does not read, and resumes it when what was buffered is gone."""

    maxMessagePayloadSize: int  # noqa: N815  # bytes, autobahn's name
    _untaken = 0  # bytes of messages that wait for the application
    _unread = 0  # bytes that the client was sent and had not read when it was looked at last
    _waits: asyncio.Event | None = None  # made for whoever waits: a thousand that are never needed take a megabyte

    def makeConnection(self, transport: Any) -> None:  # noqa: N802  # Twisted's name
        super().makeConnection(transport)
        # Until now the HTTP channel was asked, which is not there any more.
        transport.unregisterProducer()
        transport.registerProducer(self, True)

    def onOpen(self) -> None:  # noqa: N802
        super().onOpen()
        # After the handshake nobody reads them, and those of a thousand browsers take some megabytes.
        self.clean_headers.clear()
        self.http_headers.clear()
        self.http_request_data = self.http_response_data = b""

    async def drained(self) -> None:
        """Waits until the transport takes more. Without it a client that does not read costs memory without end."""
        while not self.is_drained:
            self._waits = self._waits or asyncio.Event()
            await self._waits.wait()

    def pauseProducing(self) -> None:  # noqa: N802
        self.is_drained = False
        self._listen()

    def resumeProducing(self) -> None:  # noqa: N802
        self._let_go()
        self._listen()

    def _let_go(self) -> None:
        self.is_drained = True
        if self._waits is not None:
            self._waits.set()
            self._waits = None

    def _listen(self) -> None:
        """Who does not listen is not listened to: each question would make the buffer longer. Nor is one who says more
        than is taken: a note may take its time to load."""
        if self.is_drained and self._untaken <= INBOX_BYTES:
            self.transport.resumeProducing()
        else:
            self.transport.pauseProducing()

    def wait_in_line(self, payload: bytes, is_binary: bool) -> None:
        super().wait_in_line(payload, is_binary)
        self._untaken += MESSAGE_BYTES + len(payload)
        if self._untaken > INBOX_BYTES:
            self._listen()

    def taken(self, payload: bytes | str) -> None:
        """The application has this message now."""
        was_full = self._untaken > INBOX_BYTES
        self._untaken -= MESSAGE_BYTES + len(payload)
        if was_full:
            self._listen()

    def stopProducing(self) -> None:  # noqa: N802
        self._let_go()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self._let_go()
        super().connectionLost(reason)

    def _sendAutoPing(self) -> None:  # noqa: N802
        if self.autoPingPending is None:  # else the one before may still be on its way behind a long note
            self._unread = self._count_unread()
            super()._sendAutoPing()

    def onAutoPingTimeout(self) -> None:  # noqa: N802
        before, self._unread = self._unread, self._count_unread()
        if before - self._unread >= ALIVE_BYTES:
            again = self.factory.reactor.callLater(self.autoPingTimeout, self.onAutoPingTimeout)
            self.autoPingTimeoutCall = again
        else:
            super().onAutoPingTimeout()

    def _count_unread(self) -> int:
        """Bytes in the transport and in the kernel. 0 where that cannot be known."""
        if not self.fits():
            return 0
        (in_kernel,) = struct.unpack("i", fcntl.ioctl(self.transport.fileno(), termios.TIOCOUTQ, bytes(4)))
        return self.backlog + int(in_kernel)

    def sendMessage(self, *args: Any, **kwargs: Any) -> None:  # noqa: N802
        """autobahn holds what we send to the limit of what we take: no note above it could be opened."""
        limit, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(*args, **kwargs)
        finally:
            self.maxMessagePayloadSize = limit

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        if code == RESTARTING and self.state == self.STATE_OPEN:
            # autobahn lets an application say 1000 and 3000 to 4999. It is the server's own word, and ours to say.
            self.sendCloseFrame(code=code)
        else:
            super().serverClose(code)

    def _max_message_size_exceeded(self, size: int, limit: int, _reason: str) -> None:
        """autobahn would drop the line without a word, and the client would come back with the same frame for ever."""
        logger.warning("too-large: a frame of %d bytes, %d are allowed", size, limit)
        self.failedByMe = True  # what is still to come of the frame is not kept
        self.sendCloseFrame(code=TOO_LARGE, reasonUtf8=f"a frame has at most {limit} bytes".encode())


async def bounded(application: Any, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
    """Runs the application; a socket learns what has been taken of what it has read."""
    socket = scope.get("extensions", {}).get(EXTENSION)

    async def take() -> Any:
        message = await receive()
        if message["type"] == "websocket.receive":
            socket.taken(message.get("bytes") or message.get("text"))
        return message

    await application(scope, take if socket else receive, send)


def install() -> None:
    """Makes Daphne use it; before a server runs."""
    WebSocketFactory.protocol = Socket
    # For debug lines that nobody reads, autobahn paints names in colour at every frame, a twentieth of a keystroke, and
    # prints its settings at every connection, as much of a handshake.
    for module in (autobahn.twisted.websocket, autobahn.websocket.protocol):
        vars(module).update(hltype=_plain, hlval=_plain, pformat=_plain)


def _plain(_: object) -> str:
    return ""
