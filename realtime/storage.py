"""What a room asks of its database, as plain data. realtime/persistence.py answers with Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class StorageError(Exception):
    """The database did not take it; nothing of the call is stored as far as is known. Try again."""


class DamagedError(StorageError):
    """A part of the log that is needed here cannot be read, and it will be no better the next time."""


class NoteGoneError(Exception):
    """There is no such note."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a note's log stands, and under which rights."""

    seq: int
    epoch: int
    access_epoch: int


@dataclass(frozen=True, slots=True)
class Row:
    """One update of the log."""

    seq: int
    data: bytes
    author_id: int | None


@dataclass(frozen=True, slots=True)
class LoadedNote:
    """Everything a room needs to begin."""

    head: Head
    snapshot: bytes | None
    outline: bytes  # of the snapshot, if it has one: realtime/outline.py
    snapshot_seq: int
    rows: Sequence[Row]  # after the snapshot, in order
    owners: dict[int, int]  # client id -> user id, this epoch
    former: frozenset[int]  # client ids of earlier epochs


@dataclass(frozen=True, slots=True)
class Entry:
    """One admitted update that waits for its place in the log."""

    data: bytes
    author_id: int
    clients: tuple[int, ...]  # client ids that become the author's with it


@dataclass(frozen=True, slots=True)
class Append:
    """Updates for one note, on top of `head` or of what others wrote after it. All or none of them are stored."""

    note_id: int
    head: Head
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Appended:
    """They are committed, with consecutive numbers from `first_seq`, right after `missed`, which others wrote."""

    first_seq: int
    missed: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Behind:
    """Nothing was stored: the note moved on. `head` is where it stands, `rows` what the room has not seen."""

    head: Head
    rows: Sequence[Row]
    writers: frozenset[int]  # which of the authors may write now
    owners: dict[int, int]


@dataclass(frozen=True, slots=True)
class Damaged:
    """Nothing was stored: the note moved on, and what the room has not seen cannot be read."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such note any more; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A note's log up to `seq`, folded. `outline` may be empty."""

    epoch: int
    seq: int
    state: bytes
    outline: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What follows the text with a short delay: excerpt and words (made of `text`), and who edited how much."""

    note_id: int
    text: str
    edits: dict[int, tuple[int, int]]  # user id -> units added, units removed


type Outcome = Appended | Behind | Damaged | Gone


class Storage(Protocol):
    """Raises StorageError when the database is away, DamagedError when a part of the log cannot be read."""

    async def load(self, note_id: int) -> LoadedNote: ...

    async def append(self, appends: Sequence[Append]) -> Sequence[Outcome]: ...

    async def rows_after(self, note_id: int, seq: int) -> tuple[Head, Sequence[Row], dict[int, int]]: ...

    async def heads(self, note_ids: Sequence[int]) -> dict[int, Head]: ...

    async def save_snapshot(self, note_id: int, snapshot: Snapshot) -> None: ...

    async def save_summaries(self, summaries: Sequence[Summary]) -> None: ...

    async def quarantine(self, note_id: int, seqs: Sequence[int], why: str = "") -> None: ...
