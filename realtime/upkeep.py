"""What a process does for its rooms between keystrokes: summaries, snapshots, leases, rights, unloading."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import batched
from operator import itemgetter
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.lib.redaction import told
from realtime import auth, messages
from realtime.closing import Close
from realtime.member import Member
from realtime.pending import Edits
from realtime.room import Phase, Room
from realtime.storage import StorageError, Summary

if TYPE_CHECKING:
    from realtime.registry import Registry

logger = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
SUMMARY_SECONDS = 3.0  # between two summaries of a room that is being written in
SUMMING_SECONDS = 0.02  # of each round; with hundreds of busy rooms each waits longer for its turn
SUMMED_TOGETHER = 4  # rooms in one transaction, for which keystrokes wait
HEADS_SECONDS = 2.0  # how long a lost hint may go unnoticed
STATES_SECONDS = 5.0  # between two looks at whether a room has become quiet
LEASES_SECONDS = 10.0
RIGHTS_SECONDS = 60.0


class Upkeep:
    """One per registry. Each round looks at every room; nothing here is needed for a keystroke to be safe."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        # Weakly: rooms end in several ways, and must not be kept by a date.
        self._summarised: WeakKeyDictionary[Room, float] = WeakKeyDictionary()
        self._ahead: WeakKeyDictionary[Room, float] = WeakKeyDictionary()  # since when of their snapshots
        self._every = {
            self._compare_heads: HEADS_SECONDS,
            registry.agreement.tell_of_quiet_rooms: STATES_SECONDS,
            self._renew_leases: LEASES_SECONDS,
            self._ask_everybody: RIGHTS_SECONDS,
        }
        self._due = dict.fromkeys(self._every, 0.0)
        self._hurry = asyncio.Event()

    def hurry(self) -> None:
        """Messages were lost: what they would have told is looked for at once, and not when its time has come."""
        self._due[self._compare_heads] = self._due[self._ask_everybody] = 0.0
        self._hurry.set()

    async def run(self) -> None:
        start = time.monotonic()
        self._due = {chore: start + seconds for chore, seconds in self._every.items()}
        while True:
            await self._pause()
            for room in list(self._registry.rooms.values()):
                await self._guarded(self._look_after(room), room)
            await self._summarise_some()
            now = time.monotonic()
            for chore, due in self._due.items():
                if due <= now:
                    self._due[chore] = now + self._every[chore]
                    await self._guarded(chore())

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), ROUND_SECONDS)
        self._hurry.clear()

    async def _guarded(self, work: "asyncio.Future[None] | object", room: Room | None = None) -> None:
        """One room's trouble must not end the round."""
        try:
            await work  # type: ignore[misc]
        except StorageError as error:
            with self._about(room):
                logger.warning("upkeep put off: %s", error)
        except Exception:  # the edge of a background loop that must go on
            with self._about(room):
                logger.exception("upkeep failed")

    def _about(self, room: Room | None) -> AbstractContextManager[None]:
        """Only around what does something: thousands of rooms are looked at in each round."""
        return self._registry.flusher.about(room.note_id) if room else nullcontext()

    # --- One room ------------------------------------------------------------------------------------------------

    async def _look_after(self, room: Room) -> None:
        now = time.monotonic()
        limits = self._registry.limits
        if self._snapshot_due(room, now):
            await self._snapshot(room)
        room.gathering.expire()
        room.gathering.laggards.give_up()
        self._registry.whereabouts.update(room)
        if room.idle and now - room.idle_since >= limits.room_idle_seconds:
            await self._unload(room)

    def _snapshot_due(self, room: Room, now: float) -> bool:
        """By count and size, so that the note opens quickly; by age, so that what little is written can be packed."""
        ahead = room.head.seq - room.snapshot_seq
        if not ahead:
            self._ahead.pop(room, None)
            return False
        limits = self._registry.limits
        since = self._ahead.setdefault(room, now)
        much = ahead >= limits.snapshot_every_updates or room.tail_bytes >= limits.snapshot_every_bytes
        return much or now - since >= limits.snapshot_after_seconds

    async def summarise(self, room: Room) -> None:
        """Excerpt, words, and the feed's row for this sitting. Put back if the database does not take it."""
        with self._about(room):
            await self._sum_up([room])

    async def _sum_up(self, rooms: Sequence[Room]) -> None:
        taken = [(room, room.edits) for room in rooms]
        for room in rooms:
            room.edits = {}
        try:
            await self._registry.storage.save_summaries([_summary(room, edits) for room, edits in taken])
        except Exception as error:
            # A bug that one room brings about must not come back with it for ever, and keep it open.
            if isinstance(error, StorageError) or len(rooms) > 1:
                for room, edits in taken:
                    _put_back(room, edits)
            raise

    async def _sum_up_together(self, rooms: Sequence[Room]) -> None:
        """What cannot be stored together is stored one by one, and each room's trouble is its own."""
        if len(rooms) > 1:
            try:
                await self._sum_up(rooms)
            except Exception as error:  # noqa: BLE001  # whatever it is, it is met again and said with its note
                logger.info("%d rooms are summed up one by one: %s", len(rooms), told(error))
            else:
                return
        for room in rooms:
            await self._guarded(self.summarise(room), room)

    async def _snapshot(self, room: Room) -> None:
        snapshot, folded = room.snapshot(), room.tail_bytes
        with self._about(room):
            await self._registry.storage.save_snapshot(room.note_id, snapshot)
        room.snapshot_seq = snapshot.seq
        room.tail_bytes -= folded
        self._ahead.pop(room, None)

    async def finish(self) -> None:
        """Sums up what was edited since the last round and folds it, before the process ends: the next one opens the
        same notes for everybody at once."""
        rooms = [room for room in self._registry.rooms.values() if room.head.seq > room.snapshot_seq]
        for together in batched([room for room in rooms if room.edits], SUMMED_TOGETHER, strict=False):
            await self._sum_up_together(together)
        for room in rooms:
            await self._guarded(self._snapshot(room), room)

    async def fold(self, room: Room) -> None:
        """Also what a process that died had not come to. Raises StorageError."""
        if room.head.seq > room.snapshot_seq and room.phase is Phase.OPEN:
            await self.summarise(room)
            await self._snapshot(room)

    async def _unload(self, room: Room) -> None:
        await self.fold(room)
        if room.idle:  # somebody may have come while the snapshot was saved
            self._registry.discard(room)

    # --- All rooms -----------------------------------------------------------------------------------------------

    async def _summarise_some(self) -> None:
        """Those first that have waited longest."""
        begun = time.monotonic()
        latest = begun - SUMMARY_SECONDS
        writing = [(self._summarised.get(room, 0.0), room) for room in self._registry.rooms.values() if room.edits]
        due = [room for since, room in sorted(writing, key=itemgetter(0)) if since <= latest]
        for together in batched(due, SUMMED_TOGETHER, strict=False):
            self._summarised.update(dict.fromkeys(together, time.monotonic()))
            await self._sum_up_together(together)
            if time.monotonic() - begun > SUMMING_SECONDS:
                return

    async def _compare_heads(self) -> None:
        """Finds what a lost message would have told: new rows, another epoch, changed rights."""
        asked = dict(self._registry.rooms)
        if not asked or not self._registry.fanout.reaches_others:
            return
        heads = await self._registry.storage.heads(list(asked))
        for note_id, room in asked.items():
            if room.phase is Phase.CLOSED:
                continue  # in the meantime; what was opened since then was not asked about
            head = heads.get(note_id)
            if head is None:
                room.close(Close.NOT_FOUND, "this note was removed")
                self._registry.discard(room)
                continue
            if (head.seq, head.epoch) > (room.head.seq, room.head.epoch):
                self._registry.catch_up(room)
            await self.ask_members([member for member in room.members if member.access_epoch < head.access_epoch])

    async def _renew_leases(self) -> None:
        self._registry.whereabouts.forget_expired()
        for room in list(self._registry.rooms.values()):
            self._registry.whereabouts.update(room, renew=bool(room.members))
            if room.members and self._registry.fanout.reaches_others:
                topic = messages.note_topic(room.note_id)
                self._registry.fanout.publish(topic, messages.all_presences(room), here=False)

    async def _ask_everybody(self) -> None:
        for room in list(self._registry.rooms.values()):
            await self.ask_members(list(room.members))

    async def ask_members(self, members: Sequence[Member]) -> None:
        """Looks up again what each may do, and acts on it: a session may have ended, a role changed."""
        for member in members:
            try:
                standing = await self._registry.pools.read(auth.standing, member.session_key, member.note_id)
            except Exception as error:  # noqa: BLE001  # the database is away; the next append asks it anyway
                logger.warning("could not ask for rights: %s", told(error))
                return
            member.stand(standing)


def _summary(room: Room, edits: Mapping[int, Edits]) -> Summary:
    counted = {user_id: (edit.added, edit.removed) for user_id, edit in edits.items()}
    return Summary(room.note_id, room.projection.text(), counted)


def _put_back(room: Room, edits: Mapping[int, Edits]) -> None:
    for user_id, edit in edits.items():
        newer = room.edits.setdefault(user_id, Edits())
        newer.added += edit.added
        newer.removed += edit.removed
