"""The database of the room tests: one note's log in memory, as realtime/storage.py promises it."""

from realtime.storage import Append, Appended, Behind, Entry, Gone, Head, LoadedNote, Row


class Ledger:
    """Several rooms (processes) may share one. `writers` are the users who may write now."""

    def __init__(self, *writers: int) -> None:
        self.head = Head(0, 1, 1)
        self.rows: list[Row] = []
        self.snapshot: bytes | None = None
        self.snapshot_seq = 0
        self.owners: dict[int, int] = {}
        self.former: set[int] = set()
        self.writers = set(writers)
        self.gone = False

    def load(self) -> LoadedNote:
        rows = self.rows_after(self.snapshot_seq)
        return LoadedNote(
            self.head, self.snapshot, b"", self.snapshot_seq, rows, dict(self.owners), frozenset(self.former)
        )

    def rows_after(self, seq: int) -> list[Row]:
        return [row for row in self.rows if row.seq > seq]

    def append(self, append: Append) -> Appended | Behind | Gone:
        if self.gone:
            return Gone()
        authors = {entry.author_id for entry in append.entries}
        missed = self.rows_after(append.head.seq) if append.head.epoch == self.head.epoch else []
        same_rules = (append.head.epoch, append.head.access_epoch) == (self.head.epoch, self.head.access_epoch)
        bound = any(client_id in self.owners for entry in append.entries for client_id in entry.clients)
        if not same_rules or bound or not authors.isdisjoint(row.author_id for row in missed):
            return Behind(self.head, missed, frozenset(authors & self.writers), dict(self.owners))
        first = self.head.seq + 1
        for entry in append.entries:
            self.write(entry)
        return Appended(first, missed)

    def write(self, entry: Entry) -> Row:
        """As any process does it: the next row, and its author's client ids with it."""
        for client_id in entry.clients:
            assert self.owners.get(client_id) is None, "a client id is bound once"
            assert client_id not in self.former
            self.owners[client_id] = entry.author_id
        self.head = Head(self.head.seq + 1, self.head.epoch, self.head.access_epoch)
        self.rows.append(Row(self.head.seq, entry.data, entry.author_id))
        return self.rows[-1]

    def change_rights(self, *writers: int) -> None:
        self.writers = set(writers)
        self.head = Head(self.head.seq, self.head.epoch, self.head.access_epoch + 1)

    @property
    def updates(self) -> list[bytes]:
        return [row.data for row in self.rows]
