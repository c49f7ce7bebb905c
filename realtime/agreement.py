"""Whether the rooms of one note in several processes hold the same.

Each process says of a room that has become quiet where in the log it stands, and the hash of what it holds. Two that
differ at the same place cannot both hold what the log says. Each then replays the log beside its room: a room that is
wrong is ended, and its members come back to one that is made of the log. Where the log is damaged, the snapshot and
what comes after it must do.
"""

import logging
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from core.lib.redaction import told
from realtime import messages
from realtime.closing import Close
from realtime.room import Phase, Room
from realtime.storage import DamagedError, Head, LoadedNote, NoteGoneError, StorageError

if TYPE_CHECKING:
    from realtime.registry import Registry

logger = logging.getLogger(__name__)


class Truth(NamedTuple):
    """What a room is held against."""

    head: Head
    fingerprint: bytes
    whole: bool  # made of the whole log, and of no snapshot


class Agreement:
    """One per registry. Weakly: rooms end in several ways, and must not be kept by what was said of them."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._looked_at: WeakKeyDictionary[Room, Head] = WeakKeyDictionary()
        self._told: WeakKeyDictionary[Room, Head] = WeakKeyDictionary()
        self._examined: WeakKeyDictionary[Room, Head] = WeakKeyDictionary()

    async def tell_of_quiet_rooms(self) -> None:
        """Of those that have not moved since the last time, and of which that was not said yet."""
        if not self._registry.fanout.reaches_others:
            return
        for room in list(self._registry.rooms.values()):
            quiet = self._looked_at.get(room) == room.head
            self._looked_at[room] = room.head
            if quiet and self._told.get(room) != room.head and _can_be_compared(room):
                self._tell(room)

    def _tell(self, room: Room) -> None:
        self._told[room] = room.head
        self._registry.fanout.publish(messages.note_topic(room.note_id), messages.state(room), here=False)

    def hear(self, room: Room, message: dict[str, Any]) -> None:
        """What another process says of its room of this note."""
        if message["epoch"] != room.head.epoch or message["seq"] > room.head.seq:
            self._registry.catch_up(room)  # it knows of something that we do not
        elif message["seq"] == room.head.seq and _can_be_compared(room) and message["hash"] != room.fingerprint():
            self._differ(room)

    def _differ(self, room: Room) -> None:
        if self._examined.get(room) == room.head:
            return  # once is enough: the log does not change
        self._examined[room] = room.head
        logger.error("note %d is another in another process, at number %d of its log", room.note_id, room.head.seq)
        self._tell(room)  # so that the other examines itself too
        self._registry.spawn(self._examine(room))

    async def _examine(self, room: Room) -> None:
        """Ends the room if it does not hold what the log says."""
        try:
            truth = await self._truth(room.note_id)
        except DamagedError:
            return  # nobody can tell who is right, today or tomorrow
        except (StorageError, NoteGoneError) as error:
            logger.warning("could not replay the log of note %d: %s", room.note_id, told(error))
            self._examined.pop(room, None)
            return
        if (truth.head.seq, truth.head.epoch) != (room.head.seq, room.head.epoch) or not _can_be_compared(room):
            self._examined.pop(room, None)  # it moved on, and will be compared again where it comes to rest
        elif room.fingerprint() == truth.fingerprint:
            logger.warning("note %d holds here what its log says", room.note_id)
        else:
            logger.error("note %d does not hold here what its log says; it is read anew", room.note_id)
            if truth.whole:
                await self._registry.guard.drop_snapshot(room.note_id)  # it may have been made of this room
            room.close(Close.UNAVAILABLE, "something went wrong in this note")
            self._registry.discard(room)

    async def _truth(self, note_id: int) -> Truth:
        """Raises StorageError, NoteGoneError, and DamagedError when neither the log nor a snapshot can tell."""
        whole = True
        try:
            head, rows, owners = await self._registry.storage.rows_after(note_id, 0)
            loaded = LoadedNote(head, None, b"", 0, rows, owners, frozenset())
        except DamagedError:
            whole, loaded = False, await self._registry.storage.load(note_id)
        # In a thread: a long log takes seconds.
        made = await self._registry.pools.read(lambda: self._registry.furnish(note_id, loaded).fingerprint())
        return Truth(loaded.head, made, whole)


def _can_be_compared(room: Room) -> bool:
    return room.phase is Phase.OPEN and not room.busy
