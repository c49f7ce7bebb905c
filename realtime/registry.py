"""The rooms of one process: opened once, kept while somebody needs them, told what other processes wrote."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext, suppress
from contextvars import Context
from typing import TYPE_CHECKING, Any

from django.conf import settings

from core.lib import shutdown
from core.lib.redaction import told
from realtime import messages, metrics, topics
from realtime.agreement import Agreement
from realtime.census import Census
from realtime.closing import Close, Closing
from realtime.database import Pools
from realtime.decoding import Refusal
from realtime.fanout import Fanout, Receive
from realtime.flusher import Flusher
from realtime.guard import LoadGuard
from realtime.guests import Guests
from realtime.limits import Limits
from realtime.packing import Packing
from realtime.persistence import DjangoStorage
from realtime.pulse import Pulse
from realtime.room import Phase, Room
from realtime.storage import DamagedError, LoadedNote, NoteGoneError, StorageError
from realtime.upkeep import Upkeep
from realtime.whereabouts import Whereabouts

if TYPE_CHECKING:
    from realtime.caller import Caller

logger = logging.getLogger(__name__)

GOODBYE_SECONDS = 2.0
FINISH_SECONDS = 2.0
CATCH_UP_SECONDS = 10.0
CATCH_UP_PAUSE = 0.01
ANSWERS_SECONDS = 0.01  # in which those who wait for a note are answered, if they are near


class Registry:
    """Belongs to one event loop; see `registry()`."""

    def __init__(self) -> None:
        self.limits = Limits.from_settings()
        self.pools = Pools()
        self.rooms: dict[int, Room] = {}
        self.storage = DjangoStorage(self.pools)
        self.opening: Callable[[], AbstractContextManager[Any]] = nullcontext
        if settings.TRACING:
            self._trace()
        self.fanout = Fanout()
        self.guests = Guests()
        self.rights_changed = 0  # how often it was heard that somebody's rights, session or profile changed
        self.whereabouts = Whereabouts(self.fanout)
        self.flusher = Flusher(self)
        self.agreement = Agreement(self)
        self.upkeep = Upkeep(self)
        self.packing = Packing(self)
        self.census = Census(self)
        self.callers: dict[tuple[str, str, str], Caller] = {}  # by session key, public id of the note, and line
        self.guard = LoadGuard(self.pools, self.fanout.process)
        self._receivers: dict[Room, Receive] = {}
        self._loading: dict[int, asyncio.Task[Room]] = {}
        self._settling: set[asyncio.Task[None]] = set()
        self._closing = False
        self._tasks: set[asyncio.Task[Any]] = set()

    def _trace(self) -> None:
        from realtime import tracing

        self.storage = tracing.TracedStorage(self.pools, self.rooms)
        self.opening = tracing.opening

    @property
    def ends(self) -> bool:
        """Nobody is taken any more."""
        return self._closing

    def start(self) -> None:
        # In a context of their own: else all that they ever log would bear the ids of the socket that came first.
        Context().run(self._begin)

    def _begin(self) -> None:
        self.spawn(self.flusher.run())
        self.spawn(self.upkeep.run())
        self.spawn(self.packing.run())
        self.spawn(self.whereabouts.start())
        self.spawn(self.census.start())
        self.spawn(Pulse(self.fanout, on_return=self.upkeep.hurry).run())
        self.spawn(topics.listen(self))

    def spawn(self, work: Coroutine[Any, Any, object]) -> None:
        """Runs it beside everything else, until it ends or the registry does. It logs with the ids of the caller."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Takes nobody new, flushes what waits, tells every connection to come back, and stops."""
        if self._closing:
            return
        self._closing = True
        try:
            await self.flusher.finish(max(0.0, settings.DRAIN_SECONDS - GOODBYE_SECONDS - FINISH_SECONDS))
        except TimeoutError:
            logger.error("some updates could not be saved before the end; their authors still have them")
        before = set(self._tasks)
        for room in list(self.rooms.values()):
            room.close(Close.RESTARTING, "the server restarts")
        if goodbyes := self._tasks - before:
            await asyncio.wait(goodbyes, timeout=GOODBYE_SECONDS)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._finish(), FINISH_SECONDS)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.fanout.close()
        await asyncio.to_thread(self.pools.close)

    async def _finish(self) -> None:
        await self.settled()  # a mark that stays would say that the note ended this process
        await self.upkeep.finish()

    # --- Opening -------------------------------------------------------------------------------------------------

    async def enter(self, note_id: int, *, seq: int = 0) -> Room:
        """The note's room, loaded, and holding the log up to `seq` at least.

        Raises Closing. The caller joins or holds it before the next await.
        """
        try:
            async with asyncio.timeout(CATCH_UP_SECONDS):
                while (room := await self._room(note_id)).head.seq < seq:
                    # Another process wrote that, and who comes from there has seen it: without it their document
                    # would look like a forgery. While a flush is under way its outcome tells as much.
                    if not await self._catch_up(room):
                        await asyncio.sleep(CATCH_UP_PAUSE)
        except TimeoutError:
            raise Closing(Close.UNAVAILABLE, "the note cannot be loaded at present") from None
        return room

    async def _room(self, note_id: int) -> Room:
        if self._closing:
            raise Closing(Close.RESTARTING, "the server restarts")
        room = self.rooms.get(note_id)
        if room is not None:
            return room
        task = self._loading.get(note_id)
        if task is None:
            if len(self.rooms) + len(self._loading) >= self.limits.rooms_per_process:
                raise Closing(Close.TOO_MANY, f"at most {self.limits.rooms_per_process} open notes in this server")
            task = self._loading[note_id] = asyncio.create_task(self._open(note_id))
            task.add_done_callback(lambda _: self._loading.pop(note_id, None))
        # Shielded: who goes away while it loads must not take the room from those who wait beside them.
        return await asyncio.shield(task)

    async def _open(self, note_id: int) -> Room:
        topic, early = messages.note_topic(note_id), list[dict[str, Any]]()
        # Subscribed before it is read: what is committed after the reading is heard.
        await self.fanout.subscribe(topic, early.append)
        try:
            room = await self._load(note_id)
        except NoteGoneError:
            raise Closing(Close.NOT_FOUND, "there is no such note") from None
        except DamagedError as error:
            raise Closing(Close.QUARANTINED, "a part of this note's history is damaged and cannot be read") from error
        except StorageError as error:
            raise Closing(Close.UNAVAILABLE, "the note cannot be loaded at present") from error
        else:
            self.rooms[note_id] = room
            await self.fanout.subscribe(topic, self._receiver(room))
            for message in early:
                messages.receive(self, room, message)
            settling = asyncio.create_task(self._settle(room))
            self._settling.add(settling)
            settling.add_done_callback(self._settling.discard)
        finally:
            self.fanout.unsubscribe(topic, early.append)
        return room

    async def _load(self, note_id: int) -> Room:
        loaded = await self.guard.load(self.storage, note_id)
        try:
            room = self.furnish(note_id, loaded)
        except (Refusal, ValueError):
            room = self.furnish(note_id, await self.guard.load_log(self.storage, note_id))
        for seq, why in room.poison.items():
            await self.storage.quarantine(note_id, [seq], why)
        return room

    async def settled(self) -> None:
        """Every open note has been read, or was found to be unreadable."""
        await asyncio.gather(*self._settling)

    async def _settle(self, room: Room) -> None:
        """Reads the snapshot into the document, and says that the process has survived it. Reading a long one takes as
        long as all the rest, so those who came for the note are answered first: with the snapshot as it is.
        """
        await asyncio.sleep(ANSWERS_SECONDS)
        try:
            room.projection.build()
        except (KeyboardInterrupt, SystemExit, asyncio.CancelledError):
            raise
        except BaseException:  # a panic of the CRDT library is no Exception
            logger.exception("the snapshot of note %d cannot be read", room.note_id)
            # The mark stays: the next to come has it tried in a child process, and then made of the log.
            self.begin_again(room, "its snapshot cannot be read")
            return
        try:
            await self.guard.done(room.note_id)
        except StorageError as error:
            logger.warning(
                "note %d will be tried in a child process when it is opened next: %s", room.note_id, told(error)
            )

    def furnish(self, note_id: int, loaded: LoadedNote) -> Room:
        """Raises Refusal or ValueError for a snapshot that cannot be read; rows that cannot are left out."""
        return Room(
            note_id,
            loaded,
            max_units=self.limits.note_units,
            max_members=self.limits.members_per_note,
            on_dirty=self.flusher.schedule,
        )

    def _receiver(self, room: Room) -> Receive:
        receive = self._receivers[room] = lambda message: messages.receive(self, room, message)
        return receive

    def catch_up(self, room: Room) -> None:
        """The log has rows that the room has not seen."""
        self.spawn(self._catch_up(room))

    async def _catch_up(self, room: Room) -> bool:
        """Whether the room holds now what the log held a moment ago."""
        metrics.REREADS.inc()
        try:
            head, rows, owners = await self.storage.rows_after(room.note_id, room.head.seq)
        except DamagedError:
            self.begin_again(room, "a part of this note's history is damaged")
            return False
        except (StorageError, NoteGoneError) as error:
            logger.warning("could not re-read note %d: %s", room.note_id, told(error))
            return False
        if head.epoch != room.head.epoch:
            room.close(Close.OTHER_EPOCH, "this note was begun anew")
            self.discard(room)
            return False
        return room.phase is not Phase.CLOSED and room.hear_log(head, rows, owners)

    def begin_again(self, room: Room, why: str) -> None:
        """It cannot go on from where it stands in the log, now or later: what others wrote there cannot be read, or the
        log itself went back, as with a replica that had not heard of the last commits. Its members come back with what
        they have, to a room that is made of what there is; if there is nothing, they are told what is wrong.
        """
        if room.phase is not Phase.CLOSED:
            logger.error("note %d is opened anew at number %d of its log: %s", room.note_id, room.head.seq, why)
            room.close(Close.UNAVAILABLE, f"{why}; it is opened anew")
            self.discard(room)

    def discard(self, room: Room) -> None:
        """Forgets a room; its members have been closed or there are none."""
        room.phase = Phase.CLOSED
        self.flusher.forget(room)
        if self.rooms.get(room.note_id) is room:
            del self.rooms[room.note_id]
            self.fanout.unsubscribe(messages.note_topic(room.note_id), self._receivers.pop(room))
            self.whereabouts.update(room)


_registries: dict[asyncio.AbstractEventLoop, Registry] = {}


def registry() -> Registry:
    """The registry of the running event loop: one in a server, one per loop in tests."""
    loop = asyncio.get_running_loop()
    found = _registries.get(loop)
    if found is None:
        for other in [other for other in _registries if other.is_closed()]:
            del _registries[other]
        found = _registries[loop] = Registry()
        found.start()
        shutdown.before_exit(found.close)
    return found


def running() -> list[tuple[asyncio.AbstractEventLoop, Registry]]:
    """The registries of this process whose loops run, for callers in other threads."""
    return [(loop, found) for loop, found in _registries.items() if loop.is_running()]
