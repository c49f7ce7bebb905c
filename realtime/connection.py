"""One connection to a note, however its frames come and go: who speaks, what they may do, how a frame is taken."""

import logging
from typing import Any
from urllib.parse import parse_qs

import structlog

from core.lib.ids import new_public_id
from realtime import auth, metrics, protocol
from realtime.closing import Close, Closing
from realtime.guests import Guest
from realtime.limits import FRAME_COUNTS_EVERY_BYTES, QUESTION_COUNTS, Bucket
from realtime.presence import Person
from realtime.registry import Registry, registry
from realtime.room import Phase, Room

logger = structlog.get_logger(__name__)


class Connection:
    """The Member that a room knows. A way in adds `send` and `_closed`."""

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
    origin: Any = None  # with traces: the span of its coming

    def __init__(self) -> None:
        self._registry: Registry = registry()
        limits = self._registry.limits
        self.bucket = Bucket(limits.frames_per_second, limits.frames_burst)
        self.socket = new_public_id()  # its name in the log
        self.room: Room | None = None
        self.closing: Closing | None = None
        self.knocked = False
        self.guest: Guest | None = None  # once it is known whose the connection is
        self.gone = False

    # --- Member --------------------------------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        raise NotImplementedError

    @property
    def waiting(self) -> int:
        return 0

    @property
    def unread(self) -> int:
        return self.waiting

    def close(self, code: Close, reason: str) -> None:
        if self.closing is None and not self.gone:
            self.closing = Closing(code, reason)
            metrics.CLOSED.labels(code.slug).inc()
            level = logging.INFO if code is Close.RESTARTING else logging.WARNING
            # Named here: it may be somebody else's frame that fills this outbox.
            user, note = (self.person.user_id, self.note_id) if self.guest else (None, None)
            logger.log(level, "closed", code=code.slug, reason=reason, socket=self.socket, user=user, note=note)
            self._leave_room()
            self._closed()

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

    # --- Coming --------------------------------------------------------------------------------------------------

    async def enter(self, public_id: str, epoch: int | None, client_id: int | None) -> None:
        """Joins the note's room, or closes."""
        try:
            with self._registry.opening() as self.origin:
                await self._enter(public_id, epoch, client_id)
        except Closing as closing:
            self.close(closing.code, closing.reason)
        except Exception:  # the edge of the process: the client is told to come back
            logger.exception("could not open a note")
            self.close(Close.UNAVAILABLE, "the note cannot be loaded at present")

    async def _enter(self, public_id: str, epoch: int | None, client_id: int | None) -> None:
        """Raises Closing."""
        if self._registry.ends:
            raise Closing(Close.RESTARTING, "the server restarts")
        self.knocked = True
        self._registry.guests.knock(self._registry.limits)
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
        self.guest = self._registry.guests.enter(self.person.user_id, self._registry.limits)
        self.client_id = client_id
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

    # --- Taking --------------------------------------------------------------------------------------------------

    def take(self, data: bytes | None) -> None:
        """One frame; None is one that is not binary."""
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
        assert self.room is not None
        assert self.guest is not None
        cost = 1 + len(data) // FRAME_COUNTS_EVERY_BYTES
        if not self.bucket.take(cost):
            raise Closing(Close.TOO_FAST, f"at most {limits.frames_per_second} frames a second")
        if not self.guest.bucket.take(cost):
            raise Closing(Close.TOO_FAST, f"at most {limits.user_frames_per_second} frames a second of one person")
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

    def _closed(self) -> None:
        """The client is to be told of `closing`."""
        raise NotImplementedError

    def _leave_room(self) -> None:
        room, self.room = self.room, None
        if room is not None:
            room.leave(self)
            self._registry.whereabouts.update(room)

    def leave(self) -> None:
        """The connection is no more."""
        self.gone = True
        self._leave_room()
        if self.guest is not None:
            self._registry.guests.leave(self.person.user_id)
            self.guest = None
        if self.knocked:
            self._registry.guests.depart()
            self.knocked = False


def query_of(scope: dict[str, Any]) -> dict[str, str]:
    """The first value of each query parameter."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return {name: values[0] for name, values in query.items()}


def number_of(query: dict[str, str], name: str) -> int | None:
    """Raises Closing."""
    value = query.get(name, "")
    # The length first: Python does not even read a number of thousands of digits.
    digits = value.isascii() and value.isdigit() and len(value) <= 16
    if value and not (digits and int(value) <= protocol.MAX_CLIENT_ID):
        raise Closing(Close.BAD_FRAME, f"{name} is not a number")
    return int(value) if value else None
