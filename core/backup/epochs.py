"""A restored instance is another one than that which browsers knew: each note goes on in a new epoch.

What browsers hold may be newer than the backup. In the same epoch they would bring it again, each only what its own
author wrote, on top of what others have lost. In another epoch they keep their text as a draft, and open the note as it
is (docs/protocol.md). The log goes on as it was, with all its numbers, authors and client ids; only the epoch that it
belongs to has another number, and the client ids are those of an earlier one, with which nobody writes any more.

The number is made of the time: whoever restores the same backup twice begins two epochs.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from core.backup.reading import Archive
from core.backup.tables import Row

BEGINNING = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
LATEST = 2**31 - 1  # what the column holds: seconds until 2093
RELABELLED = ("notes.NoteSegment", "notes.NoteUpdate", "notes.NoteSnapshot")
# Lines of the feed that were written after the backup, and that pages still know of: new ones come after these.
CURSORS = 1_000_000


class NewEpochs:
    def __init__(self, archive: Archive) -> None:
        self._now = min(int(time.time() - BEGINNING), LATEST)
        self._old: dict[int, int] = {row["id"]: row["epoch"] for row in archive.rows("notes.Note")}

    def rows(self, archive: Archive, table: str) -> Iterator[Row]:
        for row in archive.rows(table):
            of_now = table in RELABELLED and row["epoch"] == self._old.get(row["note_id"])
            if of_now or table == "notes.Note":
                row["epoch"] = self._new(row["epoch"])
            elif table == "notes.ActivityCounter":
                row["value"] += CURSORS
            yield row

    def _new(self, old: int) -> int:
        return max(old + 1, self._now)
