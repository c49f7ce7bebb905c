"""The note socket: /ws/notes/<note id>. Frames in, frames out; everything else is the connection's, and the room's."""

import asyncio
from contextvars import copy_context
from typing import Any

import structlog
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from core.lib import correlation
from core.lib.lanes import Lane, lane_of
from realtime import auth, protocol
from realtime.closing import Close, Closing
from realtime.connection import Connection, number_of, query_of
from realtime.outbox import Outbox

logger = structlog.get_logger(__name__)

SUBPROTOCOL = "commonplace.v1"


class NoteConsumer(Connection, AsyncConsumer):  # type: ignore[misc]  # channels has no types
    """A connection over a WebSocket."""

    # No channel layer per socket: the process has one subscription per room (realtime/fanout.py).
    channel_layer_alias = "none"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.outbox: Outbox | None = None
        self.lane: Lane | None = lane_of(scope)
        self.attached = False
        correlation.begin(socket=self.socket)
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Not in disconnect(): Daphne does not call it after an exception, nor when the server stops.
            self.leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels would hop through its one synchronous thread for every frame to close old database connections.
        match message["type"]:
            case "websocket.receive":
                await self._receive(message)
            case "websocket.connect":
                await self._connect()
            case "websocket.disconnect":
                raise StopConsumer

    def send(self, frame: bytes) -> None:
        if self.outbox is not None:
            self.outbox.put(frame)

    @property
    def waiting(self) -> int:
        return self.outbox.waiting if self.outbox is not None else 0

    @property
    def unread(self) -> int:
        return self.waiting + (self.lane.backlog if self.lane is not None else 0)

    def _on_read(self) -> None:
        if self.room is None:
            return
        try:
            self.room.caught_up(self)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # a panic of the CRDT library: the client comes back and asks for what it lacks
            logger.exception("what a slow reader lacks could not be sent")
            self.close(Close.UNAVAILABLE, "something went wrong in this note")

    # --- Connecting ----------------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        self.verbose = SUBPROTOCOL in self.scope.get("subprotocols", ())
        self.session_key = auth.session_key(self.scope)
        await self.base_send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if self.verbose else None})
        most = self._registry.limits.socket_backlog_bytes
        self.outbox = Outbox(self._send_bytes, most, self.close, on_empty=self._on_read, lane=self.lane)
        query = query_of(self.scope)
        try:
            epoch, client_id = number_of(query, "epoch"), number_of(query, "client")
        except Closing as closing:
            self.close(closing.code, closing.reason)
        else:
            await self.enter(self.scope["url_route"]["kwargs"]["note_id"], epoch, client_id)
        self._attach()

    # --- Receiving -----------------------------------------------------------------------------------------------

    async def _receive(self, message: dict[str, Any]) -> None:
        self.take(message.get("bytes"))
        self._attach()

    def _attach(self) -> None:
        """From now on frames come straight here; every log line bears what this socket's lines bear."""
        if self.lane is not None and not self.attached:
            context = copy_context()
            self.attached = self.lane.attach(lambda data: context.run(self.take, data))

    # --- Leaving -------------------------------------------------------------------------------------------------

    async def _send_bytes(self, frame: bytes) -> None:
        await self.base_send({"type": "websocket.send", "bytes": frame})

    def _closed(self) -> None:
        self._registry.spawn(self._say_goodbye())

    async def _say_goodbye(self) -> None:
        assert self.closing is not None
        assert self.outbox is not None
        if self.verbose:
            self.outbox.put(protocol.closing(self.closing.code, self.closing.reason))
        await self.outbox.finish()
        try:
            # Daphne takes nothing but a plain int.
            code, reason = int(self.closing.code), self.closing.reason
            await self.base_send({"type": "websocket.close", "code": code, "reason": reason})
        except (asyncio.CancelledError, RuntimeError, OSError):
            logger.info("the client was gone before the goodbye")

    def leave(self) -> None:
        super().leave()
        if self.outbox is not None and self.closing is None:
            self.outbox.drop()
