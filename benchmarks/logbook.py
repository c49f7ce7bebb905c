"""Types a trace into the log of a fresh SQLite database, by the way that edits of a socket take; packs it; replays it.

Run by benchmarks/log.py in a process of its own.
"""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from itertools import accumulate, batched
from pathlib import Path
from statistics import median

import django

django.setup()

from django.conf import settings  # noqa: E402  # Django comes first
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Sum  # noqa: E402
from django.db.models.functions import Length  # noqa: E402

from benchmarks import traces  # noqa: E402
from core.accounts.models import User  # noqa: E402
from core.lib import clock  # noqa: E402
from notes.documents import Document  # noqa: E402
from notes.models import Note, NoteSegment, NoteUpdate  # noqa: E402
from notes.packing import LoggedUpdate  # noqa: E402
from notes.services import contents, history, notebooks, notes, segments  # noqa: E402
from realtime.database import Pools  # noqa: E402
from realtime.persistence import DjangoStorage  # noqa: E402
from realtime.storage import Append, Appended, Entry, Head  # noqa: E402

EDITS = 100_000  # of the trace that is made by rule
BATCH = 500  # updates in a transaction
LONG_AGO = timedelta(days=365)


@dataclass(frozen=True)
class Sizes:
    """Bytes: of the updates or segments themselves, of the database file, and of that after VACUUM."""

    data: int
    file: int
    vacuumed: int

    def row(self, name: str, empty: "Sizes", edits: int) -> str:
        sizes = (self.data, self.vacuumed - empty.vacuumed, self.file - empty.file)
        return f"| {name} | {' | '.join(f'{size / edits:.2f}' for size in sizes)} |"


def main(trace: Path | None) -> None:
    edits, end = traces.recorded(trace) if trace else traces.made_by_rule(EDITS)
    call_command("prepare", stdout=StringIO())
    ada = User.objects.create_user("ada@example.org", display_name="Ada")
    note = notes.create(ada, notebook=notebooks.create(ada, title="Log"), title="A paper")
    empty = sizes()
    appending = asyncio.run(append(note, ada, traces.typed(edits)))
    spread_in_time(note, list(accumulate(traces.pauses(len(edits)))))
    rows = sizes()
    log, reading_rows = timed(lambda: read(note))
    document, applying = timed(lambda: apply(log))
    assert document.text() == end
    contents.save_snapshot(note.pk, epoch=1, seq=len(edits), state=document.state(), text=end)
    with_snapshot = sizes()
    exchanges, packing = timed(lambda: pack(note))
    packed = sizes()
    again, reading_segments = timed(lambda: read(note))
    assert again == log
    snapshot = Sizes(0, with_snapshot.file - rows.file, with_snapshot.vacuumed - rows.vacuumed)
    rest = Sizes(0, empty.file + snapshot.file, empty.vacuumed + snapshot.vacuumed)
    print(
        f"{len(edits):,} edits, {len(exchanges)} segments",
        "",
        "| bytes an edit | in itself | in the database after VACUUM | in the file as it is |",
        "|---|---:|---:|---:|",
        rows.row("rows", empty, len(edits)),
        packed.row("segments", rest, len(edits)),
        "",
        "| | s | edits/s |",
        "|---|---:|---:|",
        *(
            f"| {name} | {seconds:.2f} | {len(edits) / seconds:,.0f} |"
            for name, seconds in (
                (f"append, {BATCH} in a transaction", appending),
                ("pack", packing),
                ("read all from rows", reading_rows),
                ("read all from segments", reading_segments),
                ("apply all to a document", applying),
            )
        ),
        "",
        f"Transactions that exchange rows for a segment: {median(exchanges) * 1000:.0f} ms, "
        f"the longest {max(exchanges) * 1000:.0f} ms.",
        sep="\n",
    )


def timed[R](work: Callable[[], R]) -> tuple[R, float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


async def append(note: Note, author: User, updates: Iterable[tuple[int, bytes]]) -> float:
    """Seconds that the storage of rooms took."""
    pools, head, known, spent = Pools(), Head(0, 1, note.access_epoch), set[int](), 0.0
    storage = DjangoStorage(pools)
    for batch in batched(updates, BATCH):
        entries = []
        for client, data in batch:
            entries.append(Entry(data, author.pk, () if client in known else (client,)))
            known.add(client)
        begun = time.perf_counter()
        (outcome,) = await storage.append([Append(note.pk, head, entries)])
        spent += time.perf_counter() - begun
        assert isinstance(outcome, Appended), outcome
        head = Head(head.seq + len(entries), head.epoch, head.access_epoch)
    pools.close()
    return spent


def spread_in_time(note: Note, moments: Iterable[timedelta]) -> None:
    """As if they had been typed by hand: a batch is committed in one moment."""
    begun = clock.now() - LONG_AGO
    rows = [
        (connection.ops.adapt_datetimefield_value(begun + moment), note.pk, seq)
        for seq, moment in enumerate(moments, start=1)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany("UPDATE notes_noteupdate SET created_at = %s WHERE note_id = %s AND seq = %s", rows)


def pack(note: Note) -> list[float]:
    """Seconds of each transaction."""
    took = []
    while bundle := segments.prepare(note.pk):
        done, seconds = timed(lambda bundle=bundle: segments.exchange(bundle))  # type: ignore[misc]
        assert done
        took.append(seconds)
    return took


def read(note: Note) -> list[LoggedUpdate]:
    return list(history.updates(note.pk, epoch=1))


def apply(log: Iterable[LoggedUpdate]) -> Document:
    document = Document()
    for update in log:
        document.apply(update.data)
    return document


def sizes() -> Sizes:
    data = 0
    for table in (NoteUpdate, NoteSegment):
        data += table.objects.aggregate(sum=Sum(Length("data")))["sum"] or 0
    path = settings.DATA_DIR / "commonplace.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    vacuumed = path.with_suffix(".vacuumed")
    vacuumed.unlink(missing_ok=True)
    copying = sqlite3.connect(path)
    copying.execute("VACUUM INTO ?", (str(vacuumed),))
    copying.close()
    return Sizes(data, path.stat().st_size, vacuumed.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
