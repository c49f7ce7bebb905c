"""Commits what the rooms of one process hold, and lets them show it.

One flush is under way at a time. It takes every room that is due, commits them together, and shows each what became of
it. What arrives meanwhile waits for the next one: the slower the database, the larger the groups.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from structlog.contextvars import bound_contextvars

from core.lib import correlation
from core.lib.lanes import cork
from core.lib.redaction import told
from realtime import messages, metrics
from realtime.closing import Close
from realtime.pace import Pace
from realtime.room import Phase, Room
from realtime.storage import Append, Appended, Behind, Damaged, Gone, Outcome, StorageError

if TYPE_CHECKING:
    from realtime.registry import Registry

logger = logging.getLogger(__name__)

BACKOFF_FIRST = 0.2
BACKOFF_MOST = 5.0
# Commits take no more than this share of the time, as long as nobody waits longer than that for the next: with hundreds
# of rooms each commit then holds what several of them wrote.
COMMITS_SHARE = 0.2
COMMITS_WAIT = 0.005


class Flusher:
    """One per registry."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._due: dict[Room, float] = {}
        self._wake = asyncio.Event()
        self._not_before = 0.0
        self._backoff = 0.0
        self._pace = Pace(COMMITS_SHARE, COMMITS_WAIT)
        self._last: dict[int, int] = {}  # by note: the number of the flush that stored something last
        self._alone = False  # after a failed flush each room goes in a transaction of its own

    def schedule(self, room: Room) -> None:
        """The room has something to commit or to show."""
        if room not in self._due and room.phase is not Phase.CLOSED:
            # Never before a failing database is to be asked again.
            self._due[room] = max(room.pace.next(time.monotonic()), self._not_before)
            self._wake.set()

    def forget(self, room: Room) -> None:
        self._due.pop(room, None)
        self._last.pop(room.note_id, None)

    def about(self, note_id: int) -> AbstractContextManager[None]:
        """What is done inside logs with the note's id, and with that of the flush that made it necessary."""
        return correlation.about(note_id, self._last.get(note_id, 0))

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            now = time.monotonic()
            if (rest := self._pace.next(now) - now) > 0:
                await asyncio.sleep(rest)  # whatever comes meanwhile waits too: no reason to look at each
                continue
            wait = min(self._due.values(), default=now) - now
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
            metrics.FLUSH.observe(time.monotonic() - now)
            if self._due:
                self._wake.set()

    async def finish(self, seconds: float) -> None:
        """Commits whatever waits, without regard to ticks. Raises TimeoutError."""
        rooms = self._registry.rooms
        async with asyncio.timeout(seconds):
            while any(room.busy for room in rooms.values()):
                self._not_before = 0.0
                for room in rooms.values():
                    if room.busy:
                        self._due[room] = 0.0
                self._wake.set()
                await asyncio.sleep(0.01)

    async def _flush(self, rooms: Sequence[Room]) -> None:
        number = correlation.begin_flush()
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
            await self._commit(group, number)

    async def _commit(self, group: list[tuple[Room, Append]], number: int) -> None:
        begun = time.monotonic()
        try:
            outcomes = await self._registry.storage.append([append for _, append in group])
        except StorageError as error:
            self._fail(group, error)
            return
        except Exception as error:  # a bug must not end the flusher, and with it all saving
            logger.exception("flush failed")
            self._fail(group, error)
            return
        self._backoff = self._not_before = 0.0
        self._alone = self._alone and len(group) == 1 and self._some_are_stalled
        took = time.monotonic() - begun
        self._pace.worked(begun + took, took)
        metrics.COMMIT.observe(took)
        if logger.isEnabledFor(logging.DEBUG):
            _say(group, outcomes)
        for (room, append), outcome in zip(group, outcomes, strict=True):
            if room.phase is not Phase.CLOSED:
                self._last[room.note_id] = number
            begun = time.monotonic()
            with self._guarded(room), cork:
                self._settle(room, append, outcome)
            # Without the commit: a slow disk gathers by itself, and after one slow commit, as when a summary was stored
            # before it, a quiet room need not gather for a third of a second.
            _paid(room, begun)

    @property
    def _some_are_stalled(self) -> bool:
        return any(room.phase is Phase.STALLED for room in self._registry.rooms.values())

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
            self._registry.discard(room)

    def _settle(self, room: Room, append: Append, outcome: Outcome) -> None:
        match outcome:
            case Appended(first_seq, missed):
                updates = room.committed(first_seq, missed)
                metrics.UPDATES.inc(len(updates))
                if self._registry.fanout.reaches_others:
                    self._registry.fanout.publish(
                        messages.note_topic(room.note_id), messages.updates(append, first_seq, updates), here=False
                    )
                self._show_moves(room)
            case Behind(head) if head.seq < append.head.seq:
                self._registry.begin_again(room, "the database went back")
            case Behind(head) if head.epoch != room.head.epoch:
                room.close(Close.OTHER_EPOCH, "this note was begun anew")
                self._registry.discard(room)
            case Behind(head):
                asked_again = head.access_epoch != room.head.access_epoch
                room.behind(outcome)
                if asked_again:
                    self._registry.spawn(self._registry.upkeep.ask_members(list(room.members)))
                self.schedule(room)
            case Damaged():
                self._registry.begin_again(room, "a part of this note's history is damaged")
            case Gone():
                room.close(Close.NOT_FOUND, "this note was removed")
                self._registry.discard(room)

    def _fail(self, group: list[tuple[Room, Append]], error: Exception) -> None:
        metrics.COMMITS_FAILED.inc()
        self._backoff = min(BACKOFF_MOST, self._backoff * 2 or BACKOFF_FIRST)
        self._not_before = time.monotonic() + self._backoff
        self._alone = True
        logger.error("%d rooms could not be saved (%s); again in %.1f s", len(group), told(error), self._backoff)
        for room, _ in group:
            room.failed()
            self._due.pop(room, None)
            self.schedule(room)

    def _show_moves(self, room: Room) -> None:
        moved = room.show_moves()
        if moved and self._registry.fanout.reaches_others:
            self._registry.fanout.publish(
                messages.note_topic(room.note_id), messages.presences(room, moved), here=False
            )


def _say(group: Iterable[tuple[Room, Append]], outcomes: Iterable[Outcome]) -> None:
    for (room, append), outcome in zip(group, outcomes, strict=True):
        authors = {entry.author_id for entry in append.entries}
        with bound_contextvars(note=room.note_id):
            logger.debug("flushed %d updates of users %s: %s", len(append.entries), authors, type(outcome).__name__)


def _paid(room: Room, begun: float) -> None:
    now = time.monotonic()
    room.pace.worked(now, now - begun)
