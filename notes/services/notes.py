"""Every write to notes, but for their text (see contents). Rules as in services.notebooks."""

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from core.accounts.models import User
from core.lib import wording
from core.lib.errors import Invalid
from notes.events import NoteRenamed, publish
from notes.models import Activity, Note, Notebook, Verb
from notes.services import audit, contents, trees
from notes.services.activity import record
from notes.services.notebooks import must_be_open
from notes.services.rights import require

TITLE_LENGTH = 200
DEEDS = {
    Verb.NOTE_ARCHIVED: audit.Deed.ARCHIVED,
    Verb.NOTE_UNARCHIVED: audit.Deed.UNARCHIVED,
    Verb.NOTE_DELETED: audit.Deed.DELETED,
    Verb.NOTE_RESTORED: audit.Deed.RESTORED,
}


@transaction.atomic
def create(actor: User, *, notebook: Notebook, title: str, text: str = "") -> Note:
    """Begins a note at the end of the notebook."""
    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "organise")
    must_be_open(notebook)
    _check_length(text)
    note: Note = Note.objects.create(
        notebook=notebook,
        title=wording.some_line(title, limit=TITLE_LENGTH, what="A title"),
        position=_end_of(notebook),
        created_by=actor,
    )
    if text:
        contents.seed(note, text, actor)
    record(actor, Verb.NOTE_CREATED, notebook=notebook, note=note)
    return note


@transaction.atomic
def rename(actor: User, note: Note, *, title: str) -> Note:
    note, _ = trees.lock_note(note)
    require(actor, note, "organise")
    before, note.title = note.title, wording.some_line(title, limit=TITLE_LENGTH, what="A title")
    if note.title == before:
        return note
    note.changed_at = timezone.now()
    note.save(update_fields=["title", "changed_at"])
    publish(NoteRenamed(note_id=note.pk, title=note.title))
    record(actor, Verb.NOTE_RENAMED, notebook=note.notebook, note=note, data={"old": before, "new": note.title})
    return note


@transaction.atomic
def move(actor: User, note: Note, *, notebook: Notebook, position: int | None = None) -> Note:
    """Moves a note into `notebook`, before the note that is number `position` (from 0) there, or to the end.

    Within its notebook this changes the order only and leaves no line in the feed.
    """
    note, (target,) = trees.lock_note(note, notebook)
    require(actor, note, "organise")
    require(actor, target, "organise")
    must_be_open(target)
    source = note.notebook
    trees.lock_notes(Note.objects.filter(Q(pk=note.pk) | Q(notebook=target)))
    if source == target:
        _put(note, position)
        return note
    before, after = trees.roles_in(source), trees.roles_in(target)
    note.notebook, note.position = target, _end_of(target)
    note.save(update_fields=["notebook", "position"])
    _put(note, position)
    if after != before:
        trees.access_to_note_changed(note)
        audit.moved(actor, note, before, after)
    if before.keys() - after.keys():
        record(actor, Verb.NOTE_MOVED, notebook=source, data={"title": note.title, "away": True})
    record(actor, Verb.NOTE_MOVED, notebook=target, note=note)
    # A note's lines go where it goes: they show its title, which those who stay behind may not see any more.
    Activity.objects.filter(note=note).update(notebook=target)
    return note


@transaction.atomic
def archive(actor: User, note: Note) -> Note:
    """Keeps the note as it is: nobody writes in it any more."""
    note, _ = trees.lock_note(note)
    require(actor, note, "organise")
    return note if note.archived_at else _mark(actor, note, "archived_at", Verb.NOTE_ARCHIVED)


@transaction.atomic
def unarchive(actor: User, note: Note) -> Note:
    note, _ = trees.lock_note(note)
    require(actor, note, "organise")
    if note.notebook.archived_at:
        raise Invalid(f"“{note.notebook}” is archived. Bring that back first.")
    return _unmark(actor, note, "archived_at", Verb.NOTE_UNARCHIVED) if note.archived_at else note


@transaction.atomic
def delete(actor: User, note: Note) -> Note:
    """Hides the note from all who may not bring it back. Its text and history stay in the database."""
    note, _ = trees.lock_note(note)
    require(actor, note, "delete")
    return note if note.deleted_at else _mark(actor, note, "deleted_at", Verb.NOTE_DELETED)


@transaction.atomic
def restore(actor: User, note: Note) -> Note:
    note, _ = trees.lock_note(note)
    require(actor, note, "delete")
    return bring_back(actor, note)


def bring_back(actor: User, note: Note) -> Note:
    """`restore` without asking for rights, and under the lock of the tree: for services that have done so."""
    if note.notebook.deleted_at:
        raise Invalid("The notebook around this note is deleted. Bring that back first.")
    return _unmark(actor, note, "deleted_at", Verb.NOTE_RESTORED) if note.deleted_at else note


def _check_length(text: str) -> None:
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units > settings.NOTE_UNITS:
        raise Invalid(f"A note may have at most {settings.NOTE_UNITS:,} characters; this has {units:,}.")


def _end_of(notebook: Notebook) -> int:
    last = Note.objects.filter(notebook=notebook).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _put(note: Note, position: int | None) -> None:
    """Numbers the notebook's notes anew with `note` in its place. `position` counts the notes that a reader sees."""
    others = list(Note.objects.filter(notebook=note.notebook).exclude(pk=note.pk))
    seen = [index for index, other in enumerate(others) if not other.deleted_at and not other.archived_at]
    if position is not None and 0 <= position < len(seen):
        others.insert(seen[position], note)
    else:
        others.append(note)
    changed = []
    for index, other in enumerate(others):
        if other.position != index:
            other.position = index
            changed.append(other)
    Note.objects.bulk_update(changed, ["position"])


def _mark(actor: User, note: Note, field: str, verb: Verb) -> Note:
    return _stamp(actor, note, field, verb, archived_or_deleted=True)


def _unmark(actor: User, note: Note, field: str, verb: Verb) -> Note:
    return _stamp(actor, note, field, verb, archived_or_deleted=False)


def _stamp(actor: User, note: Note, field: str, verb: Verb, *, archived_or_deleted: bool) -> Note:
    setattr(note, field, timezone.now() if archived_or_deleted else None)
    note.save(update_fields=[field])
    trees.access_to_note_changed(note)
    audit.state(actor, DEEDS[verb], note)
    record(actor, verb, notebook=note.notebook, note=note)
    return note
