"""The rooms of one process, and the flusher that commits them together.

One flush is under way at a time. It takes every room that is due, commits them in ONE transaction, and shows each what
became of it. What arrives meanwhile waits for the next one: the slower the database, the larger the groups.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings

from core.lib import shutdown
from realtime import messages, topics
from realtime.closing import Close, Closing
from realtime.database import Pools
from realtime.decoding import Refusal
from realtime.fanout import Fanout, Receive
from realtime.guard import LoadGuard
from realtime.limits import Counts, Limits
from realtime.pace import Pace
from realtime.persistence import DjangoStorage
from realtime.room import Phase, Room
from realtime.storage import Append, Appended, Behind, Gone, LoadedNote, NoteGoneError, StorageError
from realtime.upkeep import Upkeep
from realtime.whereabouts import Whereabouts

logger = logging.getLogger(__name__)

BACKOFF_FIRST = 0.2
BACKOFF_MOST = 5.0
GOODBYE_SECONDS = 2.0
FINISH_SECONDS = 2.0
CATCH_UP_SECONDS = 10.0
CATCH_UP_PAUSE = 0.01
# Commits take no more than this share of the time, as long as nobody waits longer than that for the next: with hundreds
# of rooms each commit then holds what several of them wrote.
COMMITS_SHARE = 0.2
COMMITS_WAIT = 0.005


class Registry:
    """Belongs to one event loop; see `registry()`."""

    def __init__(self) -> None:
        self.limits = Limits.from_settings()
        self.pools = Pools()
        self.storage = DjangoStorage(self.pools)
        self.fanout = Fanout()
        self.sockets = Counts()
        self.rights_changed = 0  # how often it was heard that somebody's rights, session or profile changed
        self.whereabouts = Whereabouts(self.fanout)
        self.upkeep = Upkeep(self)
        self.rooms: dict[int, Room] = {}
        self.guard = LoadGuard(self.pools, self.fanout.process)
        self._receivers: dict[Room, Receive] = {}
        self._loading: dict[int, asyncio.Task[Room]] = {}
        self._due: dict[Room, float] = {}
        self._wake = asyncio.Event()
        self._closing = False
        self._not_before = 0.0
        self._backoff = 0.0
        self._pace = Pace(COMMITS_SHARE, COMMITS_WAIT)
        self._alone = False  # after a failed flush each room goes in a transaction of its own
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        self.spawn(self._flush_forever())
        self.spawn(self.upkeep.run())
        self.spawn(self.whereabouts.start())
        self.spawn(topics.listen(self))

    def spawn(self, work: Coroutine[Any, Any, object]) -> None:
        """Runs it beside everything else, until it ends or the registry does."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Takes nobody new, flushes what waits, tells every connection to come back, and stops."""
        if self._closing:
            return
        self._closing = True
        try:
            await self.flush_now(max(0.0, settings.DRAIN_SECONDS - GOODBYE_SECONDS - FINISH_SECONDS))
        except TimeoutError:
            logger.error("some updates could not be saved before the end; their authors still have them")
        before = set(self._tasks)
        for room in list(self.rooms.values()):
            room.close(Close.RESTARTING, "the server restarts")
        if goodbyes := self._tasks - before:
            await asyncio.wait(goodbyes, timeout=GOODBYE_SECONDS)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.upkeep.finish(), FINISH_SECONDS)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.fanout.close()
        await asyncio.to_thread(self.pools.close)

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
        except StorageError as error:
            raise Closing(Close.UNAVAILABLE, "the note cannot be loaded at present") from error
        else:
            self.rooms[note_id] = room
            await self.fanout.subscribe(topic, self._receiver(room))
            for message in early:
                messages.receive(self, room, message)
        finally:
            self.fanout.unsubscribe(topic, early.append)
        return room

    async def _load(self, note_id: int) -> Room:
        loaded = await self.guard.load(self.storage, note_id)
        try:
            room = self._furnish(note_id, loaded)
        except (Refusal, ValueError):
            room = self._furnish(note_id, await self.guard.load_log(self.storage, note_id))
        await self.guard.done(note_id)
        if room.poison:
            await self.storage.quarantine(note_id, room.poison)
        return room

    def _furnish(self, note_id: int, loaded: LoadedNote) -> Room:
        """Raises Refusal or ValueError for a snapshot that cannot be read; rows that cannot are left out."""
        return Room(
            note_id,
            loaded,
            max_units=self.limits.note_units,
            max_members=self.limits.members_per_note,
            on_dirty=self.schedule,
        )

    def _receiver(self, room: Room) -> Receive:
        receive = self._receivers[room] = lambda message: messages.receive(self, room, message)
        return receive

    def catch_up(self, room: Room) -> None:
        """The log has rows that the room has not seen."""
        self.spawn(self._catch_up(room))

    async def _catch_up(self, room: Room) -> bool:
        """Whether the room holds now what the log held a moment ago."""
        try:
            head, rows, owners = await self.storage.rows_after(room.note_id, room.head.seq)
        except (StorageError, NoteGoneError) as error:
            logger.warning("could not re-read note %d: %r", room.note_id, error)
            return False
        if head.epoch != room.head.epoch:
            room.close(Close.OTHER_EPOCH, "this note was begun anew")
            self.discard(room)
            return False
        return room.phase is not Phase.CLOSED and room.hear_log(head, rows, owners)

    def discard(self, room: Room) -> None:
        """Forgets a room; its members have been closed or there are none."""
        room.phase = Phase.CLOSED
        self._due.pop(room, None)
        if self.rooms.get(room.note_id) is room:
            del self.rooms[room.note_id]
            self.fanout.unsubscribe(messages.note_topic(room.note_id), self._receivers.pop(room))
            self.whereabouts.update(room)

    # --- Flushing ------------------------------------------------------------------------------------------------

    def schedule(self, room: Room) -> None:
        """The room has something to commit or to show."""
        if room not in self._due and room.phase is not Phase.CLOSED:
            # Never before a failing database is to be asked again.
            self._due[room] = max(room.pace.next(time.monotonic()), self._not_before)
            self._wake.set()

    async def _flush_forever(self) -> None:
        while True:
            await self._wake.wait()
            now = time.monotonic()
            wait = max(min(self._due.values(), default=now), self._pace.next(now)) - now
            if wait > 0:
                self._wake.clear()
                try:
                    await asyncio.wait_for(self._wake.wait(), wait)
                except TimeoutError:
                    self._wake.set()
                continue
            self._wake.clear()
            ready = [room for room, due in self._due.items() if due <= now]
            await self._flush(ready)
            if self._due:
                self._wake.set()

    async def flush_now(self, seconds: float) -> None:
        """Commits whatever waits, without regard to ticks. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while any(room.busy for room in self.rooms.values()):
                self._not_before = 0.0
                for room in self.rooms.values():
                    if room.busy:
                        self._due[room] = 0.0
                self._wake.set()
                await asyncio.sleep(0.01)

    async def _flush(self, rooms: Sequence[Room]) -> None:
        appends: list[tuple[Room, Append]] = []
        for room in rooms:
            self._due.pop(room, None)
            begun = time.monotonic()
            with self._guarded(room):
                append = room.begin_flush()
                if append is not None:
                    appends.append((room, append))
                    continue
                self._show_moves(room)
            _paid(room, begun)
        groups = [[pair] for pair in appends] if self._alone else [appends] if appends else []
        for group in groups:
            await self._commit(group)

    async def _commit(self, group: list[tuple[Room, Append]]) -> None:
        begun = time.monotonic()
        try:
            outcomes = await self.storage.append([append for _, append in group])
        except StorageError as error:
            self._fail(group, error)
            return
        except Exception as error:  # a bug must not end the flusher, and with it all saving
            logger.exception("flush failed")
            self._fail(group, error)
            return
        self._backoff = self._not_before = 0.0
        self._alone = self._alone and len(group) == 1 and any(r.phase is Phase.STALLED for r in self.rooms.values())
        took = time.monotonic() - begun
        self._pace.worked(begun + took, took)
        for (room, append), outcome in zip(group, outcomes, strict=True):
            begun = time.monotonic()
            with self._guarded(room):
                self._settle(room, append, outcome)
            _paid(room, begun - took / len(group))

    @contextmanager
    def _guarded(self, room: Room) -> Iterator[None]:
        """A fault in a room ends that room; its members come back to a new one, made of the log. All others go on."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # a panic of the CRDT library is no Exception
            logger.exception("note %d is closed after a fault", room.note_id)
            room.close(Close.UNAVAILABLE, "something went wrong in this note")
            self.discard(room)

    def _settle(self, room: Room, append: Append, outcome: Appended | Behind | Gone) -> None:
        match outcome:
            case Appended(first_seq):
                updates = room.committed(first_seq)
                self.fanout.publish(
                    messages.note_topic(room.note_id), messages.updates(append, first_seq, updates), here=False
                )
                self._show_moves(room)
            case Behind(head) if head.epoch != room.head.epoch:
                room.close(Close.OTHER_EPOCH, "this note was begun anew")
                self.discard(room)
            case Behind(head):
                asked_again = head.access_epoch != room.head.access_epoch
                room.behind(outcome)
                if asked_again:
                    self.spawn(self.upkeep.ask_members(list(room.members)))
                self.schedule(room)
            case Gone():
                room.close(Close.NOT_FOUND, "this note was removed")
                self.discard(room)

    def _fail(self, group: list[tuple[Room, Append]], error: Exception) -> None:
        self._backoff = min(BACKOFF_MOST, self._backoff * 2 or BACKOFF_FIRST)
        self._not_before = time.monotonic() + self._backoff
        self._alone = True
        logger.error("%d rooms could not be saved (%s); again in %.1f s", len(group), error, self._backoff)
        for room, _ in group:
            room.failed()
            self._due.pop(room, None)
            self.schedule(room)

    def _show_moves(self, room: Room) -> None:
        moved = room.show_moves()
        if moved:
            self.fanout.publish(messages.note_topic(room.note_id), messages.presences(room, moved), here=False)


def _paid(room: Room, begun: float) -> None:
    now = time.monotonic()
    room.pace.worked(now, now - begun)


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
