"""The log of a note, wherever it is: in rows, or packed into segments. Every reader asks here."""

from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from core.accounts.models import User
from notes.models import Note, NoteSegment, NoteUpdate, Quarantine
from notes.packing import LoggedUpdate, pack, unpack

FIELDS = LoggedUpdate._fields


class Sound(NamedTuple):
    """What a document is made of, and whose it is."""

    seq: int
    data: bytes
    author_id: int | None


def updates(note_id: int, *, epoch: int, after: int = 0, head: int | None = None) -> Iterator[LoggedUpdate]:
    """The updates of an epoch after number `after`, in order, also those in quarantine.

    `head` is the note's last number as the caller has just read it: it spares a look for segments where there can be
    none. One segment at a time is in memory. Raises DamagedSegmentError.
    """
    # The rows first: what is packed between the two questions is found twice then, and not missed.
    rows = rows_of(_rows(note_id, epoch, after))
    return _together(rows, lambda before: _packed(note_id, epoch, after, before), after, head)


def sound(note_id: int, *, epoch: int, after: int = 0, head: int | None = None) -> Iterator[Sound]:
    """The same without those in quarantine, and without what opening a note need not know."""
    found = _rows(note_id, epoch, after).filter(quarantined=False).order_by("seq")
    rows = [Sound(seq, bytes(data), author_id) for seq, data, author_id in found.values_list(*Sound._fields)]

    def packed(before: int | None) -> Iterator[Sound]:
        for update in _packed(note_id, epoch, after, before):
            if not update.quarantined:
                yield Sound(update.seq, update.data, update.author_id)

    return _together(rows, packed, after, head)


def rows_of(chosen: QuerySet[NoteUpdate]) -> list[LoggedUpdate]:
    """Rows of the table in the order of their numbers. PostgreSQL hands out memoryviews."""
    found = chosen.order_by("seq").values_list(*FIELDS)
    return [LoggedUpdate(seq, bytes(data), *rest) for seq, data, *rest in found]


def quarantine(note_id: int, seqs: Sequence[int], why: str = "") -> None:
    """From now on these updates are skipped. They stay in the log, and the admin shows why."""
    with transaction.atomic():
        # The note's row is the lock: somebody may be packing them.
        if not seqs or not Note.objects.select_for_update().filter(pk=note_id).first():
            return
        NoteUpdate.objects.filter(note_id=note_id, seq__in=seqs).update(quarantined=True)
        why = why[: Quarantine._meta.get_field("why").max_length]
        found = [Quarantine(note_id=note_id, seq=seq, why=why) for seq in seqs]
        Quarantine.objects.bulk_create(found, ignore_conflicts=True)  # the first reason stays
        for segment in NoteSegment.objects.filter(note_id=note_id, last_seq__gte=min(seqs), first_seq__lte=max(seqs)):
            inside = unpack(bytes(segment.data))
            segment.data = pack([row._replace(quarantined=row.quarantined or row.seq in seqs) for row in inside])
            segment.save(update_fields=["data"])


def _rows(note_id: int, epoch: int, after: int) -> QuerySet[NoteUpdate]:
    return NoteUpdate.objects.filter(note_id=note_id, epoch=epoch, seq__gt=after)


def _together[Update: (LoggedUpdate, Sound)](
    rows: list[Update], packed: Callable[[int | None], Iterator[Update]], after: int, head: int | None
) -> Iterator[Update]:
    """What is packed, up to the first row, and the rows. `packed` is asked only when something is missing."""
    complete = rows[0].seq == after + 1 if rows else head == after
    if not complete:
        for update in packed(rows[0].seq if rows else None):
            after = update.seq
            yield update
    yield from dropwhile(lambda row: row.seq <= after, rows)


def _packed(note_id: int, epoch: int, after: int, before: int | None) -> Iterator[LoggedUpdate]:
    segments = NoteSegment.objects.filter(note_id=note_id, epoch=epoch).order_by("last_seq").only("first_seq", "data")
    if before is not None:
        segments = segments.filter(first_seq__lt=before)
    # Asked for one by one, by what is still missing: meanwhile two may have become one.
    while segment := segments.filter(last_seq__gt=after).first():
        found = [update for update in unpack(bytes(segment.data)) if update.seq > after]
        after = found[-1].seq
        yield from _as_of_today(found)


def _as_of_today(found: list[LoggedUpdate]) -> Iterator[LoggedUpdate]:
    """As rows would tell it: who has no account any more is nobody."""
    authors = {update.author_id for update in found if update.author_id is not None}
    gone = authors.difference(User.objects.filter(pk__in=authors).values_list("pk", flat=True))
    return (update._replace(author_id=None) if update.author_id in gone else update for update in found)
