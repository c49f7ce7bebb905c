"""One WebSocket connection. It keeps no document, only how far it has heard of every client id."""

import asyncio
import time
from typing import TYPE_CHECKING

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.load.door import Door
from benchmarks.load.spans import Span, spans
from realtime.protocol import Message, Sync, read_bytes

if TYPE_CHECKING:
    from benchmarks.load.crowd import Room

FRAME_BYTES = 64 * 1024 * 1024
REMEMBERED = 4_096  # frames of a room: each is the same for every member, so it is read once
COMPLAINTS = (Message.REFUSED, Message.RESYNC, Message.TROUBLE, Message.CLOSING)
BINARY = WSMsgType.BINARY


class Visitor(WSListener):
    def __init__(self, room: "Room", door: Door, client_id: int, wanted: dict[int, int]) -> None:
        super().__init__()
        self.room, self.door, self.client_id = room, door, client_id
        self.held: dict[int, int] = {}
        self.synced: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: WSTransport | None = None
        # Nobody may be waiting for it when it fails.
        self.synced.add_done_callback(lambda synced: synced.cancelled() or synced.exception())
        self._wanted = wanted
        self._answered = False

    async def come(self, patience: float) -> None:
        """Connects. `synced` is done when it has been answered and holds what it wanted, with the moment of that."""
        await ws_connect(
            lambda: self,
            self.door.url,
            extra_headers=list(self.door.headers),
            max_frame_size=FRAME_BYTES,
            websocket_handshake_timeout=patience,
        )

    def send(self, frame: bytes) -> None:
        if self.transport is not None:
            self.transport.send(BINARY, frame)

    def leave(self) -> None:
        if self.transport is not None:
            self.transport.disconnect()

    # --- What the library calls ----------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        for frame in self.door.hello():
            transport.send(BINARY, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None
        self.room.crowd.disconnects += 1
        self.gone.set_result(None)
        if not self.synced.done():
            self.synced.set_exception(ConnectionError("closed before it was in step"))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != BINARY:
            return
        at, payload = time.perf_counter(), frame.get_payload_as_bytes()
        self.room.crowd.frames += 1
        found = self.room.read.get(payload)
        if found is None:
            found = self._read(payload)
        if found:
            self._hear(found, at)
        if self._answered and not self.synced.done() and self._has_all():
            self.synced.set_result(at)

    # --- What it makes of it -------------------------------------------------------------------------------------

    def _read(self, payload: bytes) -> list[Span]:
        message = payload.removeprefix(self.door.prefix)
        if message[0] in COMPLAINTS:
            self.room.crowd.complaints += 1
        if message[0] != Message.SYNC:
            return []
        body, _ = read_bytes(message, 2)
        if message[1] == Sync.STEP_1:
            self.send(self.door.nothing_to_add())
            return []
        self._answered = self._answered or message[1] == Sync.STEP_2
        found = spans(body)
        if message[1] == Sync.UPDATE:
            if len(self.room.read) > REMEMBERED:
                self.room.read.clear()
            self.room.read[payload] = found
        return found

    def _hear(self, found: list[Span], at: float) -> None:
        held, typists = self.held, self.room.typists
        for client, start, end in found:
            known = held.get(client, 0)
            if end <= known:
                continue
            held[client] = end
            if client != self.client_id and client in typists:
                # Behind a gap it counts from where it goes on: what was left out shows as not delivered.
                self.room.arrivals.append((typists[client], max(start, known), end, at))

    def _has_all(self) -> bool:
        return all(self.held.get(client, 0) >= clock for client, clock in self._wanted.items())
