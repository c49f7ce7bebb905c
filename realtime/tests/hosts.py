"""A process with one room: what the registry does for a room, one step at a time and in the test's hands."""

from collections.abc import Sequence

from realtime import protocol
from realtime.closing import Closing
from realtime.protocol import AwarenessEntry
from realtime.room import Room
from realtime.storage import Append, Appended, Behind, Gone, Row
from realtime.tests.ledger import Ledger
from realtime.tests.seats import Seat


class Host:
    def __init__(self, ledger: Ledger, *, max_units: int = 10_000, max_members: int = 10) -> None:
        self.ledger = ledger
        self.dirty = 0
        self.room = Room(1, ledger.load(), max_units=max_units, max_members=max_members, on_dirty=self._on_dirty)

    def _on_dirty(self, _: Room) -> None:
        self.dirty += 1

    # --- What connections do -------------------------------------------------------------------------------------

    def join(self, seat: Seat) -> Seat:
        """Raises Closing."""
        self.room.join(seat)
        seat.hears()
        return seat

    def receive(self, seat: Seat, frame: bytes) -> None:
        """As a connection hands a frame on; a Closing ends it."""
        try:
            self.room.receive(seat, protocol.read_frame(frame))
        except Closing as closing:
            self.end(seat, closing)

    def update(self, seat: Seat, *updates: bytes) -> None:
        for update in updates:
            self.receive(seat, protocol.update(update))

    def move(self, seat: Seat, client_id: int, state: str = "{}") -> None:
        self.receive(seat, protocol.awareness([AwarenessEntry(client_id, 1, state)]))

    def end(self, seat: Seat, closing: Closing) -> None:
        seat.close(closing.code, closing.reason)
        self.room.leave(seat)

    # --- What the flusher does -----------------------------------------------------------------------------------

    def flush(self) -> list[Row]:
        """Commits what waits, as often as it takes. Returns the rows that this process wrote."""
        written = []
        while append := self.room.begin_flush():
            written += self.settle(append)
        self.room.show_moves()
        return written

    def settle(self, append: Append) -> list[Row]:
        """The database takes a flush that has begun, and answers."""
        return self.show(self.ledger.append(append))

    def show(self, outcome: Appended | Behind | Gone) -> list[Row]:
        """The answer to a flush arrives. Returns the rows that it stored."""
        match outcome:
            case Appended(first_seq, missed):
                updates = self.room.committed(first_seq, missed)
                return self.ledger.rows[first_seq - 1 : first_seq - 1 + len(updates)]
            case Behind():
                self.room.behind(outcome)
        return []

    def begin(self) -> Append:
        append = self.room.begin_flush()
        assert append is not None
        return append

    def fail(self) -> None:
        """A flush that the database does not take."""
        self.begin()
        self.room.failed()

    def fail_after_commit(self) -> None:
        """The database takes the flush, and the answer is lost."""
        append = self.begin()
        assert isinstance(self.ledger.append(append), Appended)
        self.room.failed()

    def hear(self, rows: Sequence[Row]) -> bool:
        return self.room.hear_rows(rows)
