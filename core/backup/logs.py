"""The history of each note as an archive has it, one note after the other, and what its log makes of it."""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from core.backup.errors import BadArchiveError
from core.backup.replaying import Replayed, Replayer
from core.backup.tables import Row


class Rows(Protocol):
    def rows(self, table: str) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class NoteLog:
    """What an archive holds of one note's text, of its present epoch. The order is that of the log."""

    note: Row
    after: int  # the number of the last update of an earlier epoch
    segments: list[Row]
    updates: list[Row]
    snapshot: Row | None

    @property
    def name(self) -> str:
        return f"“{self.note['title']}” ({self.note['public_id']})"


def notes_of(archive: Rows) -> Iterator[NoteLog]:
    """Raises BadArchiveError. One note at a time is in memory."""
    segments, updates, snapshots = (
        _by_note(archive, f"notes.{name}") for name in ("NoteSegment", "NoteUpdate", "NoteSnapshot")
    )
    for note in archive.rows("notes.Note"):
        yield _log(note, *(part(note["id"]) for part in (segments, updates, snapshots)))


def _log(note: Row, segments: list[Row], updates: list[Row], snapshots: list[Row]) -> NoteLog:
    def of_now(rows: list[Row]) -> list[Row]:
        return [row for row in rows if row["epoch"] == note["epoch"]]

    earlier = [row["last_seq"] for row in segments if row["epoch"] < note["epoch"]]
    earlier += [row["seq"] for row in updates if row["epoch"] < note["epoch"]]
    snapshot = of_now(snapshots)
    return NoteLog(note, max(earlier, default=0), of_now(segments), of_now(updates), snapshot[0] if snapshot else None)


def replayed(log: NoteLog, replayer: Replayer) -> Replayed:
    """The whole log, from its first update to the note's head."""
    segments = [_bytes(row["data"]) for row in log.segments]
    updates = [(row["seq"], row["quarantined"], _bytes(row["data"])) for row in log.updates]
    return replayer.replay(segments=segments, updates=updates, after=log.after, head=log.note["seq"])


def as_opened(log: NoteLog, replayer: Replayer) -> Replayed:
    """The snapshot and what comes after it: what somebody sees who opens the note."""
    if log.snapshot is None:
        return replayed(log, replayer)
    since = log.snapshot["seq"]
    segments = [_bytes(row["data"]) for row in log.segments if row["last_seq"] > since]
    updates = [(row["seq"], row["quarantined"], _bytes(row["data"])) for row in log.updates if row["seq"] > since]
    state = _bytes(log.snapshot["state"])
    return replayer.replay(state=state, segments=segments, updates=updates, after=since, head=log.note["seq"])


def opens_by_its_log(told: NoteLog, stored: NoteLog) -> bool:
    """Whether what is opened is just the log that was told, with no snapshot in it: once is enough to replay that."""

    def gist(log: NoteLog) -> list[tuple[Any, ...]]:
        rows = [(row["last_seq"], False, row["data"]) for row in log.segments]
        return rows + [(row["seq"], row["quarantined"], row["data"]) for row in log.updates]

    return stored.snapshot is None and gist(told) == gist(stored)


def _by_note(archive: Rows, table: str) -> Callable[[int], list[Row]]:
    """A function that gives a note's rows, when it is asked in the order of the notes."""
    groups: Iterator[tuple[Any, Iterator[Row]]] = groupby(archive.rows(table), key=lambda row: row["note_id"])
    waiting: list[tuple[Any, list[Row]]] = []

    def of(note_id: int) -> list[Row]:
        if not waiting:
            for key, rows in groups:
                waiting.append((key, list(rows)))
                break
        if not waiting or waiting[0][0] > note_id:
            return []
        key, found = waiting.pop()
        if key != note_id:
            raise BadArchiveError(f"{table} is not in the order of the notes")
        return found

    return of


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise BadArchiveError("bytes that are no bytes") from error
