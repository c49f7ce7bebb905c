"""The storage of rooms on Django's database. See realtime/storage.py for what is promised."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict

from django.db import DatabaseError, IntegrityError, InterfaceError, transaction

from core.accounts.models import User
from core.lib.redaction import told
from core.lib.rows import write_fields
from notes import access
from notes.models import Note, NoteClient, NoteSnapshot
from notes.packing import DamagedSegmentError
from notes.services import activity, contents, history
from realtime import appending
from realtime.admission import NOBODY
from realtime.database import Pools
from realtime.storage import (
    Append,
    Appended,
    Behind,
    Damaged,
    DamagedError,
    Gone,
    Head,
    LoadedNote,
    NoteGoneError,
    Outcome,
    Row,
    Snapshot,
    StorageError,
    Summary,
)

logger = logging.getLogger(__name__)

HEAD = ("seq", "epoch", "access_epoch")
FAULTS = (DatabaseError, InterfaceError, OSError, DamagedSegmentError)


class DjangoStorage:
    def __init__(self, pools: Pools) -> None:
        self._pools = pools

    async def load(self, note_id: int) -> LoadedNote:
        """Raises NoteGoneError."""
        return await self._read(load, note_id)

    async def append(self, appends: Sequence[Append]) -> Sequence[Outcome]:
        """Commits all of them but those that are behind. In one transaction; on PostgreSQL at times in two."""
        try:
            return await self._write(_append, appends)
        except StorageError as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
            # An author's account is gone, for one. Whoever may still write is asked for, and the rest is refused.
            logger.warning("the database refused a flush: %s", told(error.__cause__))
            outcomes = await self._write(_reconsider, appends)
            if any(map(_tells_something, appends, outcomes)):
                return outcomes
            raise  # as when the database is away: to try the same again at once would be refused at once

    async def rows_after(self, note_id: int, seq: int) -> tuple[Head, Sequence[Row], dict[int, int]]:
        return await self._read(_rows_after, note_id, seq)

    async def heads(self, note_ids: Sequence[int]) -> dict[int, Head]:
        return await self._read(_heads, note_ids)

    async def save_snapshot(self, note_id: int, snapshot: Snapshot) -> None:
        await self._write(contents.save_snapshot, note_id, **asdict(snapshot))

    async def save_summaries(self, summaries: Sequence[Summary]) -> None:
        await self._write(_save_summaries, summaries)

    async def quarantine(self, note_id: int, seqs: Sequence[int], why: str = "") -> None:
        await self._write(history.quarantine, note_id, seqs, why)

    async def _read[**P, R](self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await self._pools.read(call, *args, **kwargs)
        except FAULTS as error:
            raise _storage_error(error) from error

    async def _write[**P, R](self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await self._pools.write(call, *args, **kwargs)
        except FAULTS as error:
            raise _storage_error(error) from error


def _storage_error(error: Exception) -> StorageError:
    if isinstance(error, DamagedSegmentError):
        logger.error("a part of the log cannot be read: %s", error)
        return DamagedError(str(error))
    return StorageError(type(error).__name__)


def _head(note: Note) -> Head:
    return Head(note.seq, note.epoch, note.access_epoch)


def load(note_id: int) -> LoadedNote:
    with transaction.atomic():
        note = Note.objects.only(*HEAD).filter(pk=note_id).first()
        if note is None:
            raise NoteGoneError
        snapshot = NoteSnapshot.objects.filter(note=note, epoch=note.epoch).only("seq", "state", "outline").first()
        since = snapshot.seq if snapshot else 0
        rows = _rows(note, since)
        owners, former = _clients(note)
    state, outline = (bytes(snapshot.state), bytes(snapshot.outline)) if snapshot else (None, b"")
    return LoadedNote(_head(note), state, outline, since, rows, owners, former)


def _rows(note: Note, since: int) -> list[Row]:
    log = history.sound(note.pk, epoch=note.epoch, after=since, head=note.seq)
    return [Row(update.seq, update.data, update.author_id) for update in log]


def _clients(note: Note) -> tuple[dict[int, int], frozenset[int]]:
    """Whose each client id of this epoch is, and the client ids of earlier ones."""
    owners, former = {}, set()
    bindings = NoteClient.objects.filter(note=note).values_list("client_id", "epoch", "user_id")
    for client_id, epoch, user_id in bindings:
        if epoch == note.epoch:
            owners[client_id] = user_id or NOBODY
        else:
            former.add(client_id)
    return owners, frozenset(former)


def _rows_after(note_id: int, seq: int) -> tuple[Head, Sequence[Row], dict[int, int]]:
    with transaction.atomic():
        note = Note.objects.only(*HEAD).filter(pk=note_id).first()
        if note is None:
            raise NoteGoneError
        return _head(note), _rows(note, seq), _clients(note)[0]


def _heads(note_ids: Sequence[int]) -> dict[int, Head]:
    rows = Note.objects.filter(pk__in=note_ids).values_list("pk", *HEAD)
    return {pk: Head(seq, epoch, access_epoch) for pk, seq, epoch, access_epoch in rows}


def _append(appends: Sequence[Append]) -> list[Outcome]:
    return [_outcome(append, found) for append, found in zip(appends, appending.commit(appends), strict=True)]


def _outcome(append: Append, found: Appended | Head | None) -> Outcome:
    match found:
        case Appended():
            return found
        case None:
            return Gone()
    return _behind(append)


def _behind(append: Append) -> Behind | Damaged | Gone:
    """Whatever is the matter with this note, the others of the flush are stored, and must hear of it."""
    try:
        return _unseen(append)
    except DamagedSegmentError as error:
        logger.error("a part of the log of note %d cannot be read: %s", append.note_id, error)
        return Damaged()


def _unseen(append: Append) -> Behind | Gone:
    """What the room has not seen, and who of the authors may write under the rights of now."""
    with transaction.atomic():
        # Nothing may be appended between the look at the head and the reading of the rows up to it.
        note = Note.objects.select_for_update(of=("self",)).select_related("notebook").filter(pk=append.note_id).first()
        if note is None:
            return Gone()
        authors = User.objects.in_bulk({entry.author_id for entry in append.entries})
        writers = frozenset(pk for pk, user in authors.items() if access.abilities(user, note).write)
        same_epoch = note.epoch == append.head.epoch
        return Behind(_head(note), _rows(note, append.head.seq) if same_epoch else [], writers, _clients(note)[0])


def _reconsider(appends: Sequence[Append]) -> list[Behind | Damaged | Gone]:
    return [_behind(append) for append in appends]


def _tells_something(append: Append, outcome: Behind | Damaged | Gone) -> bool:
    """Whether the room would send something else next time."""
    if not isinstance(outcome, Behind) or outcome.head != append.head:
        return True
    return any(
        entry.author_id not in outcome.writers or not outcome.owners.keys().isdisjoint(entry.clients)
        for entry in append.entries
    )


def _save_summaries(summaries: Sequence[Summary]) -> None:
    # Before the transaction, for which every keystroke of the process may have to wait.
    news = {each.note_id: (contents.excerpt_of(each.text), len(each.text.split())) for each in summaries}
    users = User.objects.only("pk").in_bulk({pk for each in summaries for pk in each.edits})
    with transaction.atomic():
        notes = Note.objects.only("excerpt", "words").in_bulk(news)
        changed = [note for pk, note in notes.items() if (note.excerpt, note.words) != news[pk]]
        for note in changed:
            note.excerpt, note.words = news[note.pk]
        write_fields(changed, ("excerpt", "words"))
        edits = {
            notes[each.note_id]: {users[pk]: counts for pk, counts in each.edits.items() if pk in users}
            for each in summaries
            if each.note_id in notes
        }
        if any(edits.values()):
            activity.fold_edits(edits)
