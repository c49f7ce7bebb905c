"""Reads that several pages share."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from core.accounts.models import User
from notes.models import Activity, Note, Notebook, Verb

FEED_ROWS = 30
WRITTEN = (Verb.NOTE_CREATED, Verb.NOTE_EDITED)


def feed_page(rows: Any, before: int | None = None) -> dict[str, Any]:
    """A page of a feed, newest first: its rows, the newest cursor (the socket goes on from there) and the oldest."""
    if before is not None:
        rows = rows.filter(cursor__lt=before)
    found = list(rows.newest_first()[: FEED_ROWS + 1])
    shown = found[:FEED_ROWS]
    return {
        "activities": shown,
        "after": shown[0].cursor if shown else 0,
        "before": shown[-1].cursor if len(found) > FEED_ROWS else None,
    }


def with_authors(notes: Iterable[Note]) -> list[tuple[Note, list[User]]]:
    """Each note with the people who wrote in it, the latest first; in two queries."""
    notes = list(notes)
    rows = (
        Activity.objects.filter(note__in=notes, verb__in=WRITTEN, actor__isnull=False)
        .values_list("note_id", "actor_id")
        .annotate(last=Max("cursor"))
        .order_by("-last")
    )
    pairs = [(note_id, actor_id) for note_id, actor_id, _ in rows]
    people = User.objects.in_bulk({actor_id for _, actor_id in pairs})
    authors: dict[int, list[User]] = {note.pk: [] for note in notes}
    for note_id, actor_id in pairs:
        if actor_id in people:
            authors[note_id].append(people[actor_id])
    return [(note, authors[note.pk]) for note in notes]


def crumbs(user: Any, notebook: Notebook, *, itself: bool) -> list[Notebook]:
    """The notebooks around this one that the user may see, outermost first; `itself` adds it at the end."""
    keys = notebook.ancestor_ids[:-1]
    seen = Notebook.objects.visible_to(user).in_bulk(keys) if keys else {}
    around = [seen[key] for key in keys if key in seen]
    return [*around, notebook] if itself else around
