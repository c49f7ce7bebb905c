"""Logs as time leaves them: rows of several authors, some of them old, and a snapshot."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F

from core.accounts.models import User
from core.lib import clock
from notes.models import Note, NoteUpdate, Origin
from notes.packing import LoggedUpdate
from notes.services import contents, history

DAY = timedelta(days=1)


def write(note: Note, authors: Sequence[User | None], count: int, *, age: timedelta = DAY) -> None:
    """Adds so many updates, in turn by each author and a second apart; the first is so old, and what stood there before
    is no younger. What they hold is no text: for the log they are bytes.
    """
    note.refresh_from_db()
    begun = clock.now() - age
    NoteUpdate.objects.filter(note=note, created_at__gt=begun).update(created_at=begun)
    NoteUpdate.objects.bulk_create(
        NoteUpdate(
            note=note,
            seq=note.seq + number,
            epoch=note.epoch,
            author=authors[number % len(authors)],
            origin=Origin.SOCKET,
            created_at=begun + timedelta(seconds=number),
            data=f"update {note.seq + number}".encode(),
        )
        for number in range(1, count + 1)
    )
    Note.objects.filter(pk=note.pk).update(seq=note.seq + count)


def snap(note: Note, *, seq: int | None = None) -> None:
    """A snapshot at the head, or at `seq`."""
    note.refresh_from_db()
    contents.save_snapshot(note.pk, epoch=note.epoch, seq=seq or note.seq, state=b"\x00\x00", text="")


def age(note: Note, by: timedelta = DAY) -> None:
    """As if everything in the log had been written so much earlier."""
    NoteUpdate.objects.filter(note=note).update(created_at=F("created_at") - by)


def whole(note: Note) -> list[LoggedUpdate]:
    """Everything that is known of the present epoch."""
    note.refresh_from_db()
    return list(history.updates(note.pk, epoch=note.epoch))
