"""Locks for changes of places and rights, and what follows from such a change.

A change of where things are or who may do what locks the outermost notebook of each tree it touches, and reads again
what it decides on. SQLite needs no such lock: each writing transaction is alone from its BEGIN.

The order of locks, everywhere: accounts, outermost notebooks, notes, the activity counter, lines of the feed. Several
rows of one table are locked in the order of their keys. Who keeps to it never waits in a circle.
"""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from core.lib.errors import NotFound
from notes.events import AccessChanged, publish
from notes.models import Membership, Note, Notebook, Role


def lock(*notebooks: Notebook) -> list[Notebook]:
    """Locks the trees of these notebooks until the commit and returns the notebooks as they are now."""
    keys = [notebook.pk for notebook in notebooks]
    found = _read(keys)
    while True:
        outermost = {notebook.ancestor_ids[0] for notebook in found.values()}
        # Not FOR UPDATE: that would also wait for every insert that refers to the notebook.
        list(Notebook.objects.select_for_update(no_key=True).filter(pk__in=outermost).order_by("pk"))
        found = _read(keys)
        if {notebook.ancestor_ids[0] for notebook in found.values()} <= outermost:
            return [found[key] for key in keys]


def lock_note(note: Note, *others: Notebook) -> tuple[Note, list[Notebook]]:
    """Locks the trees of the note and of the other notebooks; returns all of them as they are now."""
    while True:
        place = Notebook.objects.filter(notes=note.pk).first()
        if place is None:
            raise NotFound
        _, *found = lock(place, *others)
        fresh: Note | None = Note.objects.select_related("notebook").filter(pk=note.pk).first()
        if fresh is None:
            raise NotFound
        if fresh.notebook_id == place.pk:
            return fresh, found


def _read(keys: Iterable[int]) -> dict[int, Notebook]:
    found: dict[int, Notebook] = Notebook.objects.select_related("parent").in_bulk(list(keys))
    if len(found) < len(set(keys)):
        raise NotFound
    return found


def roles_in(notebook: Notebook) -> dict[int, Role]:
    """Who may do what in a notebook: the strongest role of each user, inherited ones included."""
    roles: dict[int, Role] = {}
    rows = Membership.objects.filter(notebook__in=notebook.ancestor_ids)
    for user_id, role in rows.values_list("user_id", "role"):
        roles[user_id] = max(Role(role), roles.get(user_id, Role.VIEWER))
    return roles


def access_changed(notebook: Notebook) -> None:
    """To be called after every change of who may do what in a notebook and all that is nested in it."""
    inside = Notebook.objects.within(notebook).order_by("pk").values_list("pk", flat=True)
    _bump(Note.objects.within(notebook), notebook_ids=tuple(inside))


def access_to_note_changed(note: Note) -> None:
    """As access_changed, for one note."""
    _bump(Note.objects.filter(pk=note.pk), notebook_ids=())


def lock_notes(notes: QuerySet[Note]) -> tuple[int, ...]:
    """Locks these notes until the commit, before several of them are changed; returns their keys."""
    return tuple(notes.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def _bump(notes: QuerySet[Note], *, notebook_ids: tuple[int, ...]) -> None:
    """An append that was allowed under the old epoch fails from the commit on; sockets are asked again after it."""
    keys = lock_notes(notes)
    Note.objects.filter(pk__in=keys).update(access_epoch=F("access_epoch") + 1)
    publish(AccessChanged(note_ids=keys, notebook_ids=notebook_ids))
