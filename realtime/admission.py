"""Decides which updates enter a note's log, from ids alone: no document is needed on the hot path.

An update is taken only on top of everything it leans on. So the log is in causal order, the room's state vector is
known without a CRDT library, and what reaches pycrdt is text by known authors and nothing else.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush

from realtime import outline as outlines
from realtime.decoding import DELETED, STRING, Block, Decoded, Id, Keystroke, Refusal, decode, keystroke
from realtime.outline import Outline
from realtime.protocol import MAX_CLOCK, MalformedError
from realtime.ranges import Ranges

NOBODY = 0  # owner of client ids whose author's account is gone: they stay taken


class Resync(Exception):  # no fault: the client and we differ, and a sync step 1 settles it
    """A gap or a partial overlap against what is known."""

    def __str__(self) -> str:
        return "it does not join on to what is before it in the log"


@dataclass(slots=True)
class Change:
    """What one update changed, enough to take it back."""

    clocks: list[tuple[int, int | None]] = field(default_factory=list)  # client, clock before
    deleted: list[tuple[int, int, int]] = field(default_factory=list)  # client, start, end: newly deleted
    halves: list[tuple[int, int]] = field(default_factory=list)
    bound: list[int] = field(default_factory=list)  # client ids that the author got with it
    added: int = 0  # units of text
    removed: int = 0  # units that were there before and are deleted now
    whole: bool = True  # every struct of the update was new

    @property
    def empty(self) -> bool:
        """The update holds nothing new."""
        return not self.clocks and not self.deleted


class Admission:
    """What is known of one note's ids: state vector, deletions, cut-proof characters, who owns which client id.

    `owners` maps client ids to user ids of this epoch; `former` are client ids of earlier epochs; `reserved` are ids
    that a connected user has announced and nobody else may take.
    """

    def __init__(self, *, max_units: int, owners: dict[int, int] | None = None, former: Iterable[int] = ()) -> None:
        self.max_units = max_units
        self.clocks: dict[int, int] = {}
        self.deleted: dict[int, Ranges] = {}
        self.deleted_units = 0
        self._all_units = 0
        self.owners: dict[int, int] = owners or {}
        self.former = frozenset(former)
        self.reserved: dict[int, int] = {}
        self._halves: dict[int, set[int]] = {}

    @property
    def units(self) -> int:
        """Length of the text in UTF-16 units."""
        return self._all_units - self.deleted_units

    def take(self, update: bytes, user_id: int) -> Change:
        """Admits an update by a user, or raises Refusal or Resync and changes nothing."""
        if (plain := self._take_plain(update, user_id)) is not None:
            return plain
        decoded = decode(update)
        new = self._new_blocks(decoded)
        self._check_owners(new, user_id)
        change = self._apply(decoded, new)
        change.whole = len(new) == len(decoded.blocks)
        if change.added > change.removed and self.units > self.max_units:
            self.undo(change)
            raise Refusal("too-large", f"a note holds at most {self.max_units} characters")
        for block in new:
            if block.client not in self.owners:
                self.owners[block.client] = user_id
                change.bound.append(block.client)
        return change

    def replay(self, update: bytes, author_id: int | None) -> Change:
        """Takes an update of the log. Raises Refusal or Resync as `take` does."""
        if author_id is not None and (plain := self._take_plain(update, author_id)) is not None:
            return plain
        decoded = decode(update)
        new = self._new_blocks(decoded)
        change = self._apply(decoded, new)
        for block in new:
            self.owners.setdefault(block.client, author_id or NOBODY)
        return change

    def outline(self, state: bytes) -> bytes:
        """For `restore`, together with the state that holds all of what was taken."""
        return outlines.write(Outline(self.clocks, self.deleted, self._halves), state)

    def restore(self, state: bytes, outline: bytes = b"") -> None:
        """Begins with a snapshot. Its structs lean on each other in any order, so that is not asked. Raises Refusal.

        An outline saves the reading of the state; one that is not of this state is passed over.
        """
        with suppress(MalformedError):
            known = outlines.read(outline, state)
            self.clocks, self.deleted, self._halves = known.clocks, known.deleted, known.halves
            self._all_units = sum(self.clocks.values())
            self.deleted_units = sum(ranges.total() for ranges in self.deleted.values())
            return
        decoded = decode(state, most_clients=None)
        change = Change()
        for block in decoded.blocks:
            if block.start:
                raise Refusal("malformed", "a snapshot with a gap")
            self._extend(block, change)
        self._delete(decoded.deletions, change)

    def undo(self, change: Change) -> None:
        """Takes back the latest change."""
        for client in change.bound:
            del self.owners[client]
        for client, start, end in reversed(change.deleted):
            self.deleted[client].remove(start, end)
            self.deleted_units -= end - start
            # Nothing may stay: whoever is refused could fill the memory with client ids of their own invention.
            if not self.deleted[client]:
                del self.deleted[client]
        for client, half in change.halves:
            self._halves[client].discard(half)
            if not self._halves[client]:
                del self._halves[client]
        for client, clock in reversed(change.clocks):
            self._all_units -= self.clocks[client] - (clock or 0)
            if clock is None:
                del self.clocks[client]
            else:
                self.clocks[client] = clock

    def _take_plain(self, update: bytes, user_id: int) -> Change | None:
        """The short way for what nothing stands against."""
        typed = keystroke(update)
        if typed is None or not self._is_plain(typed, user_id):
            return None
        self.clocks[typed.client] += typed.length
        self._all_units += typed.length
        return Change(clocks=[(typed.client, typed.clock)], added=typed.length)

    def _is_plain(self, typed: Keystroke, user_id: int) -> bool:
        """Whether nothing stands against it. Else the checks below say what, one by one."""
        client, right = typed.client, typed.right
        return (
            self.clocks.get(client) == typed.clock
            and self.owners.get(client) == user_id
            and typed.left[1] < self.clocks.get(typed.left[0], 0)
            and (right is None or right[1] < self.clocks.get(right[0], 0))
            and self.units + typed.length <= self.max_units
            and typed.clock + typed.length <= MAX_CLOCK
            and not self._halves
            and client not in self.former
        )

    # --- The checks, in order ------------------------------------------------------------------------------------

    def _new_blocks(self, decoded: Decoded) -> list[Block]:
        new = []
        for block in decoded.blocks:
            known = self.clocks.get(block.client, 0)
            if block.end <= known:
                continue
            if block.start != known:
                raise Resync
            new.append(block)
        return new

    def _check_owners(self, blocks: list[Block], user_id: int) -> None:
        for block in blocks:
            owner = self.owners.get(block.client, self.reserved.get(block.client, user_id))
            if owner != user_id:
                raise Refusal("foreign-client", "this client id belongs to somebody else")
            if block.client in self.former:
                raise Refusal("old-client", "this client id belongs to an earlier epoch")

    def _apply(self, decoded: Decoded, new: list[Block]) -> Change:
        change = Change()
        try:
            if len(new) == 1:
                self._check_own(new[0])
            elif new:
                self._check_order(new)
            for block in new:
                self._extend(block, change)
            self._check_characters(decoded, new)
            self._delete(decoded.deletions, change)
        except (Refusal, Resync):
            self.undo(change)
            raise
        return change

    def _knows(self, dependency: Id | None) -> bool:
        return dependency is None or dependency[1] < self.clocks.get(dependency[0], 0)

    def _check_own(self, block: Block) -> None:
        """One client's structs: each leans on what is known or on an earlier one of the same client."""
        client = block.client
        for struct in block.structs:
            for dependency in (struct.left, struct.right):
                if dependency is None or (dependency[0] == client and dependency[1] < struct.clock):
                    continue
                if dependency[0] == client or not self._knows(dependency):
                    raise Refusal("unknown-dependency", "leans on something unknown")

    def _check_order(self, blocks: list[Block]) -> None:
        """Several clients' structs: is there an order in which each leans on earlier ones only?

        Each client's structs are walked until one must wait for another client; whoever passes that clock wakes it.
        So a struct is looked at once, and once more for each wait; who waits longest is never looked at in between.
        """
        reached = {block.client: block.start for block in blocks}
        walks = {block.client: iter(block.structs) for block in blocks}
        heads = {client: next(walk) for client, walk in walks.items()}
        waiting: dict[int, list[tuple[int, int]]] = {}
        ready = list(walks)
        while ready:
            client = ready.pop()
            while client in heads:
                struct = heads[client]
                missing = self._missing(struct.left, reached) or self._missing(struct.right, reached)
                if missing:
                    if missing[0] not in heads:
                        raise Refusal("unknown-dependency", "leans on something unknown")
                    heappush(waiting.setdefault(missing[0], []), (missing[1], client))
                    break
                reached[client] = struct.clock + struct.length
                following = next(walks[client], None)
                if following is None:
                    del heads[client]
                else:
                    heads[client] = following
            waiters = waiting.get(client, [])
            while waiters and waiters[0][0] < reached[client]:
                ready.append(heappop(waiters)[1])
        if heads:
            raise Refusal("unknown-dependency", "leans on something unknown")

    def _missing(self, dependency: Id | None, reached: dict[int, int]) -> Id | None:
        if dependency is None:
            return None
        client, clock = dependency
        known = reached[client] if client in reached else self.clocks.get(client, 0)
        return None if clock < known else dependency

    def _extend(self, block: Block, change: Change) -> None:
        client = block.client
        before = self.clocks.get(client)
        change.clocks.append((client, before))
        self.clocks[client] = block.end
        self._all_units += block.end - (before or 0)
        for struct in block.structs:
            if struct.kind == STRING:
                change.added += struct.length
                if struct.halves:
                    self._halves.setdefault(client, set()).update(struct.halves)
                    change.halves += [(client, half) for half in struct.halves]
            elif struct.kind == DELETED:
                self._mark_deleted(client, struct.clock, struct.clock + struct.length, change)

    def _check_characters(self, decoded: Decoded, new: list[Block]) -> None:
        """Refuses whatever would cut a surrogate pair: there pycrdt and Yjs make different texts of one update."""
        if not self._halves:
            return
        for block in new:
            for struct in block.structs:
                if struct.left and self._cuts(struct.left[0], struct.left[1] + 1):
                    raise Refusal("split-character", "inserts inside a character")
                if struct.right and self._cuts(*struct.right):
                    raise Refusal("split-character", "inserts inside a character")
        for client, start, end in decoded.deletions:
            if self._cuts(client, start) or self._cuts(client, end):
                raise Refusal("split-character", "deletes half of a character")

    def _cuts(self, client: int, clock: int) -> bool:
        halves = self._halves.get(client)
        return halves is not None and clock in halves

    def _delete(self, deletions: list[tuple[int, int, int]], change: Change) -> None:
        before = dict(change.clocks)
        for client, start, end in deletions:
            if end > self.clocks.get(client, 0):
                raise Refusal("unknown-dependency", "deletes something unknown")
            for new_start, new_end in self._mark_deleted(client, start, end, change):
                # What this very update brought was never shown, so nothing was removed from anybody's text.
                known = before.get(client, new_end) or 0
                change.removed += max(0, min(new_end, known) - new_start)

    def _mark_deleted(self, client: int, start: int, end: int, change: Change) -> list[tuple[int, int]]:
        ranges = self.deleted.get(client)
        if ranges is None:
            ranges = self.deleted[client] = Ranges()
        new = ranges.add(start, end)
        for new_start, new_end in new:
            change.deleted.append((client, new_start, new_end))
            self.deleted_units += new_end - new_start
        return new
