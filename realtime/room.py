"""A room: one open note in one process. Commit, then show.

An update is admitted, waits for the next flush, is committed by the registry together with other rooms' updates, and
only then applied to the projection, sent to the members and to other processes, and acknowledged. No Django and no
network here: the registry feeds the room, the storage is asked by the registry.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from hashlib import sha256

from pycrdt import merge_updates

from realtime import answers, protocol
from realtime.admission import Admission, Change, Resync
from realtime.claims import Claims
from realtime.closing import Close, Closing
from realtime.decoding import Refusal
from realtime.gathering import Gathering
from realtime.member import Member
from realtime.pace import Pace
from realtime.pending import Edits, Pending, entries_of
from realtime.projection import Projection
from realtime.protocol import AwarenessEntry, CheckAsked, Frame, Verdict
from realtime.storage import Append, Behind, Head, LoadedNote, Row, Snapshot

logger = logging.getLogger(__name__)

# pycrdt merges in quadratic time; a flush of more updates than this is sent as several frames.
MERGE_AT_MOST = 100
# How often in a row a client may write on something unknown before it is taken for lost.
PATIENCE = 100


class Phase(StrEnum):
    OPEN = "open"
    STALLED = "stalled"  # the storage fails: updates are kept, nobody new comes in
    CLOSED = "closed"


class Room:
    def __init__(
        self,
        note_id: int,
        loaded: LoadedNote,
        *,
        max_units: int,
        max_members: int,
        on_dirty: Callable[["Room"], None],
    ) -> None:
        self.note_id = note_id
        self.phase = Phase.OPEN
        self.head = loaded.head
        self.snapshot_seq = loaded.snapshot_seq
        self.tail_bytes = 0  # of the rows after the snapshot
        self.max_members = max_members
        self.gathering = Gathering()
        self.projection = Projection()
        self.edits: dict[int, Edits] = {}
        self.poison: dict[int, str] = {}  # rows that could not be replayed, and why
        self.wrote: dict[int, float] = {}  # user id -> when they last wrote (monotonic)
        self.pace = Pace()
        self.idle_since = time.monotonic()
        self.dirty_since = 0.0  # when the first of what is not stored yet was taken
        self.holds = 0  # readers that keep the room open without being members
        self.on_shown: list[Callable[[Room], None]] = []  # told after every change of the shown text
        self._on_dirty = on_dirty
        self._admission = Admission(max_units=max_units, owners=dict(loaded.owners), former=loaded.former)
        self._claims = Claims(self._admission, self.gathering)
        self._pending: list[Pending] = []
        self._flying: list[Pending] = []
        self._written: list[bytes] = []  # the rows that are made of them
        self._foreign: list[Row] = []  # rows of other processes that came during a flush
        if loaded.snapshot is not None:
            self._admission.restore(loaded.snapshot, loaded.outline)
            self.projection.begin(loaded.snapshot)
        for row in loaded.rows:
            self._replay(row)

    @property
    def members(self) -> dict[Member, None]:
        return self.gathering.members

    # --- Coming and going ----------------------------------------------------------------------------------------

    def join(self, member: Member) -> None:
        """Raises Closing."""
        if self.phase is not Phase.OPEN:
            raise Closing(Close.UNAVAILABLE, "this note cannot be saved at present")
        if len(self.members) >= self.max_members:
            raise Closing(Close.TOO_MANY, f"at most {self.max_members} people in a note")
        if member.client_id is not None:
            self._claims.claim(member, member.client_id)
        self.members[member] = None
        if member.verbose:
            member.send(protocol.hello(self.head.epoch, self.head.seq, member.role))
        member.send(protocol.step_1(self._admission.clocks))
        if entries := self.gathering.presences.entries(but=member.client_id):
            member.send(protocol.awareness(entries))

    def leave(self, member: Member) -> None:
        if member not in self.members:
            return
        self._claims.release(member)
        if self.gathering.depart(member):
            self._on_dirty(self)
        self.idle_since = time.monotonic()

    @property
    def idle(self) -> bool:
        """Nobody needs it and everything is stored."""
        return not (self.members or self.holds or self.busy or self.edits)

    def caught_up(self, member: Member) -> None:
        """The member has read everything that it was sent."""
        if vector := self.gathering.laggards.release(member, self.head.seq):
            member.send(protocol.update(self.projection.difference(vector)))

    def owes(self, member: Member) -> bool:
        """Something that the member sent is neither stored nor returned yet."""
        return any(pending.member is member for pending in (*self._flying, *self._pending))

    def hold(self, member: Member) -> None:
        """The member is here, though another process may have been told otherwise since."""
        if self.gathering.hold(member):
            self._on_dirty(self)

    # --- What a member says --------------------------------------------------------------------------------------

    def receive(self, member: Member, frame: Frame) -> None:
        """Handles one frame. Raises Closing when the connection must end."""
        match frame:
            case protocol.UpdateSent(data):
                self._take(member, data)
            case protocol.AwarenessSent(entries):
                self._hear(member, entries)
            case protocol.StateVectorAsked(vector, _):
                member.send(protocol.step_2(self.projection.difference(vector)))
            case protocol.AwarenessAsked():
                member.send(protocol.awareness(self.gathering.presences.entries(but=member.client_id)))
            case protocol.CheckAsked():
                member.send(protocol.check(self._compare(frame)))

    def _take(self, member: Member, data: bytes) -> None:
        member.updates += 1
        pending = Pending(member, member.updates, data, Change())
        if self._admit(pending):
            if not self.busy:
                self.dirty_since = time.monotonic()
            self._pending.append(pending)
            self._on_dirty(self)

    def _admit(self, pending: Pending) -> bool:
        """Whether the update is taken; if not, its author has been told. Raises Closing on a hopeless one."""
        member = pending.member
        try:
            pending.change = self._admission.take(pending.data, member.person.user_id)
            if not (pending.change.empty or member.writable):
                self._admission.undo(pending.change)
                raise Refusal("read-only", "you may read this note, not write it")
        except Resync:
            answers.ask_for_difference(pending, self._admission.clocks)
            return False
        except Refusal as refusal:
            # It may be on its way: honest clients write on what they have not told us yet, or what we did not take.
            if refusal.code == "unknown-dependency" and member.adrift < PATIENCE:
                member.adrift += 1
                answers.ask_for_difference(pending, self._admission.clocks)
            else:
                answers.refuse(pending, refusal)
            return False
        member.adrift = 0
        return True

    def _hear(self, member: Member, entries: Iterable[AwarenessEntry]) -> None:
        for entry in entries:
            # Not what is somebody else's: stock clients echo what they hear of others.
            if member.client_id is None and self._claims.is_free(member, entry.client_id):
                self._claims.claim(member, entry.client_id)
            if self.gathering.hear(member, entry):
                self._on_dirty(self)

    def restamp(self, member: Member) -> None:
        """The member's name or colour changed."""
        if self.gathering.restamp(member):
            self._on_dirty(self)

    def _compare(self, asked: CheckAsked) -> Verdict:
        same_ids = asked.clocks == self._admission.clocks and asked.deleted == self._admission.deleted_units
        if not same_ids or self._pending or self._flying:
            return Verdict.NOT_NOW
        return Verdict.EQUAL if asked.digest == self.projection.digest() else Verdict.DIFFERENT

    def fingerprint(self) -> bytes:
        """Equal in two rooms that hold the same: ids, deletions and text."""
        ids = repr((sorted(self._admission.clocks.items()), self._admission.deleted_units))
        return sha256(ids.encode() + self.projection.digest()).digest()

    # --- Flushing: the registry calls these in turn --------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Something is not stored yet."""
        return bool(self.unsaved or self._foreign)

    @property
    def unsaved(self) -> int:  # update messages
        return len(self._pending) + len(self._flying)

    @property
    def units(self) -> int:  # UTF-16
        return self._admission.units

    def begin_flush(self) -> Append | None:
        """What is to be committed now. None: nothing, and whoever only waited has been told."""
        self._flying, self._pending = self._pending, []
        if entries := entries_of(self._flying):
            self._written = [entry.data for entry in entries]
            # Each author's rights must be those of now. Who was asked before they changed makes the commit ask again.
            asked = min(pending.member.access_epoch for pending in self._flying if not pending.change.empty)
            return Append(self.note_id, Head(self.head.seq, self.head.epoch, asked), entries)
        # Nothing is unsaved: also after a commit whose answer was lost, when the log itself brought what was in it.
        self._recover()
        self._acknowledge()
        return None

    def committed(self, first_seq: int, missed: Sequence[Row] = ()) -> list[bytes]:
        """The flush is in the log, behind what others wrote: show both. Returns the updates, for other processes."""
        if missed:
            flying, self._flying = self._flying, []
            self._rebase(Head(first_seq - 1, self.head.epoch, self.head.access_epoch), missed, {})
            self._flying = flying
        updates, self._written = self._written, []
        self.tail_bytes += sum(map(len, updates))
        self.head = Head(first_seq + len(updates) - 1, self.head.epoch, self.head.access_epoch)
        for pending in self._flying:
            if not pending.change.empty:
                self._count(pending.member, pending.change)
        authors = {pending.member for pending in self._flying}
        for update in updates:
            self.projection.add(update)
        self._recover()
        self.dirty_since = time.monotonic()  # what came meanwhile is no older than the flush
        self._show(updates, but=authors.pop() if len(authors) == 1 else None)
        self._acknowledge()
        self._take_foreign()
        return updates

    def _count(self, author: Member, change: Change) -> None:
        self.wrote[author.person.user_id] = time.monotonic()
        edits = self.edits.setdefault(author.person.user_id, Edits())
        edits.added += change.added
        edits.removed += change.removed

    def failed(self) -> None:
        """The storage did not take it: keep everything, say so, and take nobody new until it does."""
        self._pending = self._flying + self._pending
        self._flying = []
        if self.phase is Phase.OPEN:
            self.phase = Phase.STALLED
            self.gathering.announce(protocol.trouble("storage", "The server cannot save at present. It keeps trying."))
        self._take_foreign()

    def behind(self, outcome: Behind) -> None:
        """Another process wrote first, or rights changed: begin again on top of that."""
        # Only the authors of the flush were asked about, not who wrote in the meantime.
        for author in {pending.member for pending in self._flying if not pending.change.empty}:
            author.access_epoch = max(author.access_epoch, outcome.head.access_epoch)
            if author.person.user_id not in outcome.writers:
                author.writable = False
        self._rebase(outcome.head, outcome.rows, outcome.owners)
        self._take_foreign()

    # --- What other processes wrote ------------------------------------------------------------------------------

    def hear_rows(self, rows: Sequence[Row]) -> bool:
        """Rows that another process says it wrote. False: there is a gap, and the log must be read."""
        if self._flying:
            self._foreign += rows
            return True
        news = sorted({row.seq: row for row in rows if row.seq > self.head.seq}.items())
        known = [row for at, (seq, row) in enumerate(news) if seq == self.head.seq + 1 + at]
        if known:
            self._rebase(Head(known[-1].seq, self.head.epoch, self.head.access_epoch), known, {})
        return len(known) == len(news)

    def hear_log(self, head: Head, rows: Sequence[Row], owners: dict[int, int]) -> bool:
        """Everything after our head as the log has it; what is missing there is quarantined. False: ask again later."""
        if self._flying:
            return False
        if head.seq > self.head.seq:
            self._rebase(Head(head.seq, head.epoch, self.head.access_epoch), rows, owners)
        return True

    def _take_foreign(self) -> None:
        """A gap is left to the next append, or to the comparison of heads: both read the log."""
        rows, self._foreign = self._foreign, []
        self.hear_rows(rows)

    def _rebase(self, head: Head, rows: Sequence[Row], owners: dict[int, int]) -> None:
        """Puts what waits on top of these rows."""
        waiting = self._flying + self._pending
        self._flying, self._pending = [], []
        for pending in reversed(waiting):
            self._admission.undo(pending.change)
        self._admission.owners.update(owners)
        news = [row.data for row in rows if self._integrate(row)]
        self.head = head
        self._show(news)
        told: dict[int, set[Member]] = {}  # by user: the connections that know of something that was dropped
        for pending in waiting:
            author = pending.member.person.user_id
            if not self._retake(pending, in_doubt=author in told):
                told.setdefault(author, set()).add(pending.member)
        # Others of theirs were told by step 1 that the server has it, and may be the only ones who can send it again.
        for member in list(self.members):
            author = member.person.user_id
            if author in told and member not in told[author]:
                member.send(protocol.step_1(self._admission.clocks))

    def _retake(self, pending: Pending, *, in_doubt: bool) -> bool:
        """Whether it is taken again. `in_doubt`: what says "nothing new" was written with something dropped in mind."""
        before = pending.change
        try:
            if not self._admit(pending):
                return False
        except Closing as closing:
            pending.member.close(closing.code, closing.reason)
            return False
        if in_doubt and before.empty and pending.change.empty:
            answers.ask_for_difference(pending, self._admission.clocks)
            return False
        if pending.change.empty and not before.empty:
            self._count(pending.member, before)  # it was committed after all, and only the answer was lost
        self._pending.append(pending)
        self._on_dirty(self)
        return True

    def _integrate(self, row: Row) -> bool:
        """Whether it is to be shown."""
        if row.seq <= self.head.seq or not self._replay(row):
            return False
        if row.author_id is not None:
            self.wrote[row.author_id] = time.monotonic()
        return True

    def _replay(self, row: Row) -> bool:
        """Whether it holds something new that can be shown."""
        self.tail_bytes += len(row.data)
        try:
            change = self._admission.replay(row.data, row.author_id)
        except (Refusal, Resync) as error:
            logger.error("row %d of note %d cannot be replayed: %r", row.seq, self.note_id, error)
            self.poison[row.seq] = f"It cannot be replayed: {error}."
            return False
        if not change.empty:
            self.projection.add(row.data)
        return not change.empty

    def _recover(self) -> None:
        if self.phase is Phase.STALLED:
            self.phase = Phase.OPEN
            self.gathering.announce(protocol.trouble("", ""))

    # --- Showing -------------------------------------------------------------------------------------------------

    def _show(self, updates: list[bytes], *, but: Member | None = None) -> None:
        """Sends committed updates to the members, each frame encoded once."""
        for start in range(0, len(updates), MERGE_AT_MOST):
            part = updates[start : start + MERGE_AT_MOST]
            self.gathering.show(protocol.update(part[0] if len(part) == 1 else merge_updates(*part)), but=but)
        self.gathering.laggards.look_for(self.members, self.head.seq, self.projection.vector)
        if updates:
            for told in self.on_shown:
                try:
                    told(self)
                except Exception:  # a reader's fault must not reach those who write
                    logger.exception("a reader of note %d failed", self.note_id)

    def _acknowledge(self) -> None:
        flying, self._flying = self._flying, []
        answers.acknowledge(flying)

    def show_moves(self) -> list[int]:
        """Sends who moved, and returns their client ids. Cursors wait for the text they point at."""
        return [] if self._flying else self.gathering.show_moves()

    def snapshot(self) -> Snapshot:
        """What is committed, folded. While something waits, admission knows more than that, and tells nothing."""
        state = self.projection.state()
        outline = b"" if self.busy else self._admission.outline(state)
        return Snapshot(self.head.epoch, self.head.seq, state, outline, self.projection.text())

    def close(self, code: Close, reason: str) -> None:
        """Ends the room and every connection in it."""
        self.phase = Phase.CLOSED
        for member in list(self.members):
            member.close(code, reason)
