"""The note socket: /ws/notes/<note id>. Frames in, frames out; everything else is the room's."""

import asyncio
import logging
from contextvars import copy_context
from typing import Any
from urllib.parse import parse_qs

import structlog
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from core.lib.ids import new_public_id
from core.lib.lanes import Lane, lane_of
from realtime import auth, metrics, protocol
from realtime.closing import Close, Closing
from realtime.limits import FRAME_COUNTS_EVERY_BYTES, QUESTION_COUNTS, Bucket
from realtime.outbox import Outbox
from realtime.presence import Person
from realtime.registry import Registry, registry
from realtime.room import Phase, Room

logger = structlog.get_logger(__name__)

SUBPROTOCOL = "commonplace.v1"


class NoteConsumer(AsyncConsumer):  # type: ignore[misc]  # channels has no types
    """One connection, and the Member that its room knows."""

    # No channel layer per socket: the process has one subscription per room (realtime/fanout.py).
    channel_layer_alias = "none"

    person: Person
    note_id: int
    session_key: str
    role: str
    writable = False
    verbose = False
    client_id: int | None = None
    updates = 0
    access_epoch = 0
    adrift = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.room: Room | None = None
        self.outbox: Outbox | None = None
        self.closing: Closing | None = None
        self.lane: Lane | None = lane_of(scope)
        self.attached = False
        self.counted = False
        self.gone = False
        structlog.contextvars.clear_contextvars()
        self.socket = new_public_id()
        structlog.contextvars.bind_contextvars(socket=self.socket)
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Not in disconnect(): Daphne does not call it after an exception, nor when the server stops.
            self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels would hop through its one synchronous thread for every frame to close old database connections.
        match message["type"]:
            case "websocket.receive":
                await self._receive(message)
            case "websocket.connect":
                await self._connect()
            case "websocket.disconnect":
                raise StopConsumer

    # --- Member --------------------------------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        if self.outbox is not None:
            self.outbox.put(frame)

    def close(self, code: Close, reason: str) -> None:
        if self.closing is None and not self.gone:
            self.closing = Closing(code, reason)
            metrics.CLOSED.labels(code.slug).inc()
            level = logging.INFO if code is Close.RESTARTING else logging.WARNING
            # Named here: it may be somebody else's frame that fills this outbox.
            user, note = (self.person.user_id, self.note_id) if self.counted else (None, None)
            logger.log(level, "closed", code=code.slug, reason=reason, socket=self.socket, user=user, note=note)
            self._leave_room()
            self._registry.spawn(self._say_goodbye())

    def stand(self, standing: auth.Standing) -> None:
        if standing.user is None:
            self.close(Close.SIGNED_OUT, "this session has ended")
        elif standing.note is None:
            self.close(Close.NOT_ALLOWED, "you may not read this note any more")
        else:
            person, self.person = self.person, auth.person_of(standing.user)
            if self.room is not None and person != self.person:
                self.room.restamp(self)
            changed = (self.role, self.writable) != (standing.role, standing.abilities.write)
            self.role, self.writable = standing.role, standing.abilities.write
            self.access_epoch = standing.note.access_epoch
            if changed and self.verbose:
                self.send(protocol.access(self.role))

    # --- Connecting ----------------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        self._registry: Registry = registry()
        self.bucket = Bucket(self._registry.limits.frames_per_second, self._registry.limits.frames_burst)
        self.verbose = SUBPROTOCOL in self.scope.get("subprotocols", ())
        self.session_key = auth.session_key(self.scope)
        await self.base_send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if self.verbose else None})
        self.outbox = Outbox(self._send_bytes, self._registry.limits.socket_backlog_bytes, self.close, self.lane)
        try:
            await self._enter()
        except Closing as closing:
            self.close(closing.code, closing.reason)
        except Exception:  # the edge of the process: the client is told to come back
            logger.exception("could not open a note")
            self.close(Close.UNAVAILABLE, "the note cannot be loaded at present")
        self._attach()

    async def _enter(self) -> None:
        """Raises Closing."""
        public_id = self.scope["url_route"]["kwargs"]["note_id"]
        rights_changed = self._registry.rights_changed
        standing = await self._registry.pools.read(auth.standing, self.session_key, public_id)
        if standing.user is None:
            raise Closing(Close.SIGNED_OUT, "sign in first")
        if standing.note is None:
            raise Closing(Close.NOT_FOUND, "there is no such note")
        self.person, self.note_id = auth.person_of(standing.user), standing.note.pk
        self.role, self.writable = standing.role, standing.abilities.write
        self.access_epoch = standing.note.access_epoch
        structlog.contextvars.bind_contextvars(user=self.person.user_id, note=self.note_id)
        self.counted = self._registry.sockets.enter(self.person.user_id, self._registry.limits.sockets_per_user)
        if not self.counted:
            raise Closing(Close.TOO_MANY, f"at most {self._registry.limits.sockets_per_user} open notes at once")
        epoch, self.client_id = self._asked()
        room = await self._registry.enter(self.note_id, seq=standing.note.seq)
        if self.closing is not None or self.gone:
            return  # it went away while the note was loaded
        if epoch is not None and epoch != room.head.epoch:
            self.send(protocol.hello(room.head.epoch, room.head.seq, self.role))
            raise Closing(Close.OTHER_EPOCH, "this note was begun anew")
        room.join(self)
        self.room = room
        self._registry.whereabouts.update(room)
        if rights_changed != self._registry.rights_changed:
            # Members are asked when they are told of; between the look at the rights and here this was no member.
            self._registry.spawn(self._registry.upkeep.ask_members([self]))

    def _asked(self) -> tuple[int | None, int | None]:
        """The query parameters `epoch` and `client`. Raises Closing."""
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        numbers: list[int | None] = []
        for name in ("epoch", "client"):
            value = query.get(name, [""])[0]
            # The length first: Python does not even read a number of thousands of digits.
            digits = value.isascii() and value.isdigit() and len(value) <= 16
            if value and not (digits and int(value) <= protocol.MAX_CLIENT_ID):
                raise Closing(Close.BAD_FRAME, f"{name} is not a number")
            numbers.append(int(value) if value else None)
        return numbers[0], numbers[1]

    # --- Receiving -----------------------------------------------------------------------------------------------

    async def _receive(self, message: dict[str, Any]) -> None:
        self._take(message.get("bytes"))
        self._attach()

    def _attach(self) -> None:
        """From now on frames come straight here; every log line bears what this socket's lines bear."""
        if self.lane is not None and not self.attached:
            context = copy_context()
            self.attached = self.lane.attach(lambda data: context.run(self._take, data))

    def _take(self, data: bytes | None) -> None:
        if self.closing is not None or self.room is None:
            return
        try:
            self._handle(data)
        except Closing as closing:
            self.close(closing.code, closing.reason)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # a panic of the CRDT library is no Exception; it must not take the reader along
            logger.exception("a frame could not be handled")
            self.close(Close.UNAVAILABLE, "something went wrong in this note")

    def _handle(self, data: bytes | None) -> None:
        """Raises Closing."""
        limits = self._registry.limits
        if data is None:
            raise Closing(Close.BAD_FRAME, "this socket speaks binary frames")
        if len(data) > limits.frame_bytes:
            raise Closing(Close.TOO_LARGE, f"a frame has at most {limits.frame_bytes} bytes")
        if not self.bucket.take(1 + len(data) // FRAME_COUNTS_EVERY_BYTES):
            raise Closing(Close.TOO_FAST, f"at most {limits.frames_per_second} frames a second")
        assert self.room is not None
        if self.room.phase is Phase.CLOSED:
            raise Closing(Close.RESTARTING, "the room was closed")
        try:
            frame = protocol.read_frame(data)
        except protocol.MalformedError as error:
            raise Closing(Close.BAD_FRAME, str(error)) from None
        if isinstance(frame, protocol.StateVectorAsked) and not self.bucket.take(QUESTION_COUNTS):
            raise Closing(Close.TOO_FAST, f"at most {limits.frames_per_second} frames a second, and a question is many")
        self.room.receive(self, frame)

    # --- Leaving -------------------------------------------------------------------------------------------------

    async def _send_bytes(self, frame: bytes) -> None:
        await self.base_send({"type": "websocket.send", "bytes": frame})

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

    def _leave_room(self) -> None:
        room, self.room = self.room, None
        if room is not None:
            room.leave(self)
            self._registry.whereabouts.update(room)

    def _leave(self) -> None:
        self.gone = True
        self._leave_room()
        if self.outbox is not None and self.closing is None:
            self.outbox.drop()
        if self.counted:
            self._registry.sockets.leave(self.person.user_id)
            self.counted = False
