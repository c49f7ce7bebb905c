"""Packs what has settled of a note's log into segments. The log is whole at every moment.

Gathering and pressing need no lock and take their time; the exchange of rows for a segment is one short transaction,
which first looks whether the rows are still those that were packed. So two processes may pack one note at once: one is
late. Pressing needs no database either: a server leaves it to another process (realtime/packer.py).
"""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Length

from core.lib import clock
from notes.models import Note, NoteSegment, NoteSnapshot, NoteUpdate
from notes.packing import LoggedUpdate
from notes.packing.pressing import Load, Pressed, press
from notes.services.history import rows_of

logger = logging.getLogger(__name__)

SEGMENT_UPDATES = 2_000  # of twice as many each would take 5 % less, and the exchange twice as long
SEGMENT_BYTES = 1_000_000  # of updates before they are packed: what packing holds in memory, three times over
FEWEST_UPDATES = 100  # that are worth a segment; fewer wait for more
WINDOW_NOTES = 1_000  # that are looked through at a time


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are worth a segment, and the segment before them if that is not full yet."""

    note_id: int
    epoch: int
    before: NoteSegment | None
    rows: list[LoggedUpdate]

    @property
    def load(self) -> Load:
        return Load(bytes(self.before.data) if self.before else None, self.rows, SEGMENT_BYTES)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A segment that is ready to take the place of rows, and of the segment before them if that is not full yet."""

    note_id: int
    epoch: int
    before: NoteSegment | None
    rows: list[LoggedUpdate]
    first_seq: int
    data: bytes


def due(after: int) -> tuple[list[int], int | None]:
    """Of the next notes after this key, which seem to have something to pack; how far that went (None: to the end)."""
    window = list(Note.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:WINDOW_NOTES])
    if not window:
        return [], None
    oldest = NoteUpdate.objects.filter(note=OuterRef("pk")).order_by("seq")
    snapshot = NoteSnapshot.objects.filter(note=OuterRef("pk"), epoch=OuterRef("epoch"))
    # Four looks into an index for each note, however many rows it has.
    notes = Note.objects.filter(pk__gt=after, pk__lte=window[-1]).annotate(
        first=Subquery(oldest.values("seq")[:1]),
        since=Subquery(oldest.values("created_at")[:1]),
        begun=Subquery(oldest.values("epoch")[:1]),
        last=Subquery(snapshot.values("seq")[:1]),
    )
    enough = Q(begun__lt=F("epoch")) | Q(last__gte=F("first") + FEWEST_UPDATES - 1)
    found = list(notes.filter(enough, since__lt=_settled_before()).order_by("pk").values_list("pk", flat=True))
    return found, window[-1] if len(window) == WINDOW_NOTES else None


def gather(note_id: int) -> Batch | None:
    """What goes into the next segment of a note. None: there is nothing to pack, or not enough."""
    oldest = NoteUpdate.objects.filter(note_id=note_id).order_by("seq").values_list("epoch", "seq").first()
    if oldest is None:
        return None
    epoch, first_seq = oldest
    before = NoteSegment.objects.filter(note_id=note_id, epoch=epoch, last_seq=first_seq - 1).first()
    room = SEGMENT_UPDATES - (before.last_seq - before.first_seq + 1 if before else 0)
    if room < FEWEST_UPDATES:
        before, room = None, SEGMENT_UPDATES
    # A segment that grows is written anew each time: by a quarter at least, so that each update is packed a few times.
    run = _run(note_id, epoch, first_seq, fewest=max(FEWEST_UPDATES, (SEGMENT_UPDATES - room) // 4), most=room)
    rows = rows_of(_rows(note_id, epoch, first_seq, first_seq + run - 1)) if run else []
    if not rows or len(rows) < run:  # somebody has packed some of them meanwhile
        return None
    return Batch(note_id, epoch, before, rows)


def bundled(batch: Batch, pressed: Pressed) -> Bundle:
    before = batch.before
    if before and pressed.damaged:
        logger.error("updates %d to %d of note %d cannot be unpacked", before.first_seq, before.last_seq, batch.note_id)
    joined = before if pressed.joined else None
    first_seq = joined.first_seq if joined else batch.rows[0].seq
    return Bundle(batch.note_id, batch.epoch, joined, batch.rows, first_seq, pressed.data)


def prepare(note_id: int) -> Bundle | None:
    """The next segment of a note, pressed by this process. None as `gather`. Raises PackingError."""
    batch = gather(note_id)
    return bundled(batch, press(batch.load)) if batch else None


def exchange(bundle: Bundle) -> bool:
    """Puts the segment in the place of the rows. False: somebody was faster, and nothing was done."""
    last_seq = bundle.rows[-1].seq
    rows = _rows(bundle.note_id, bundle.epoch, bundle.rows[0].seq, last_seq)
    packed = Counter((row.author_id, row.quarantined) for row in bundle.rows)
    with transaction.atomic():
        # The note's row is the lock, as for all that touches its log.
        if not Note.objects.select_for_update().filter(pk=bundle.note_id).first():
            return False
        if _standing(rows) != packed or not _make_room(bundle.before):
            return False
        NoteSegment.objects.create(
            note_id=bundle.note_id,
            epoch=bundle.epoch,
            first_seq=bundle.first_seq,
            last_seq=last_seq,
            data=bundle.data,
        )
        rows.delete()
    return True


def pack_note(note_id: int) -> Iterator[int]:
    """Packs all that there is to pack of a note; tells of each segment how many rows went into it."""
    while (bundle := prepare(note_id)) and exchange(bundle):
        yield len(bundle.rows)


def _settled_before() -> datetime:
    return clock.now() - timedelta(seconds=settings.PACK_AFTER_SECONDS)


def _rows(note_id: int, epoch: int, first_seq: int, last_seq: int) -> QuerySet[NoteUpdate]:
    return NoteUpdate.objects.filter(note_id=note_id, epoch=epoch, seq__gte=first_seq, seq__lte=last_seq)


def _run(note_id: int, epoch: int, first_seq: int, *, fewest: int, most: int) -> int:
    """How many updates from `first_seq` on have settled and go into one segment. 0: it is not worth it yet."""
    rows = NoteUpdate.objects.filter(note_id=note_id, epoch=epoch)
    over = Note.objects.filter(pk=note_id, epoch__gt=epoch).exists()
    if not over:
        snapshot = NoteSnapshot.objects.filter(note_id=note_id, epoch=epoch).values("seq")
        rows = rows.filter(seq__lte=Subquery(snapshot))
    # Whether it is young is asked of the database: half of the time would go into making dates of two thousand texts.
    told = rows.order_by("seq").annotate(length=Length("data"), young=Q(created_at__gte=_settled_before()))
    count = size = 0
    for seq, young, length in told.values_list("seq", "young", "length")[:most]:
        size += length
        if seq != first_seq + count or (count and size > SEGMENT_BYTES):
            return count  # there will never be more for this segment
        if young:
            break
        count += 1
    return count if over or count >= min(fewest, most) else 0


def _standing(rows: QuerySet[NoteUpdate]) -> dict[tuple[int | None, bool], int]:
    """How many there are, by what may change in them: an author becomes nobody, a row goes into quarantine, or it goes
    into a segment. There is no way back from any of these, so that the numbers tell, and the rows need not be read.
    """
    counted = rows.order_by().values_list("author_id", "quarantined").annotate(count=Count("pk"))
    return {(author_id, quarantined): count for author_id, quarantined, count in counted}


def _make_room(before: NoteSegment | None) -> bool:
    """Whether the segment before is still what was unpacked; then it is gone."""
    if before is None:
        return True
    now = NoteSegment.objects.filter(pk=before.pk).first()
    if now is None or bytes(now.data) != bytes(before.data):
        return False
    now.delete()
    return True
