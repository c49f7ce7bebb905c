"""The lines of the feed. Every other service writes one here, in its own transaction, as the last thing it does."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from core.accounts.models import User
from core.lib.rows import write_fields
from notes.events import ActivityRecorded, publish
from notes.models import Activity, ActivityCounter, Note, Notebook, Verb

SITTING = timedelta(minutes=15)  # a pause this long ends it
PLACE = ("notebook_id", "notebook__path")


@transaction.atomic
def record(
    actor: User, verb: Verb, *, notebook: Notebook, note: Note | None = None, data: dict[str, Any] | None = None
) -> Activity:
    """Writes a line. All who write one wait for each other from here to the commit, so call it last."""
    cursor = _next_cursor()
    activity: Activity = Activity.objects.create(
        actor=actor, verb=verb, notebook=notebook, note=note, data=data or {}, cursor=cursor
    )
    _tell(activity, notebook.path)
    return activity


def fold_edit(actor: User, note: Note, *, added: int, removed: int) -> Activity:
    """`fold_edits` of one person in one note."""
    (activity,) = fold_edits({note: {actor: (added, removed)}})
    return activity


@transaction.atomic
def fold_edits(edits: Mapping[Note, Mapping[User, tuple[int, int]]]) -> list[Activity]:
    """Adds edits (characters added and removed, by note and actor) to the lines of the actors' present sittings there,
    or begins new ones.

    A line's `created_at` stays the start of the sitting; its cursor is renewed, so that it rises to the top.
    """
    sums = [(note, actor, counts) for note, authors in edits.items() for actor, counts in authors.items()]
    newest = _next_cursor(len(sums))  # first, so that two edits at once find the same line
    places = {
        pk: place for pk, *place in Note.objects.filter(pk__in=[note.pk for note in edits]).values_list("pk", *PLACE)
    }
    now = timezone.now()
    sittings = Activity.objects.filter(
        actor__in={actor for _, actor, _ in sums}, note__in=edits, verb=Verb.NOTE_EDITED, changed_at__gte=now - SITTING
    ).order_by("cursor")
    known = {(line.note_id, line.actor_id): line for line in sittings}
    lines = []
    for cursor, (note, actor, (added, removed)) in enumerate(sums, start=newest - len(sums) + 1):
        if note.pk not in places:
            continue  # it is gone since
        line = known.get((note.pk, actor.pk)) or Activity(
            actor=actor, verb=Verb.NOTE_EDITED, notebook_id=places[note.pk][0], note=note, data={}
        )
        before = line.data
        line.data = {"added": before.get("added", 0) + added, "removed": before.get("removed", 0) + removed}
        line.cursor, line.changed_at = cursor, now
        lines.append(line)
    write_fields([line for line in lines if line.pk], ("data", "cursor", "changed_at"))
    Activity.objects.bulk_create([line for line in lines if not line.pk])
    for line in lines:
        _tell(line, places[line.note_id][1])
    return lines


def _tell(activity: Activity, path: str) -> None:
    publish(ActivityRecorded(activity_id=activity.pk, notebook_path=path, note_id=activity.note_id))


def _next_cursor(count: int = 1) -> int:
    """Hands out `count` cursors, of which it returns the last, and holds the counter's row until the commit: cursors
    appear in their order."""
    counter = ActivityCounter.objects.filter(pk=1)
    if not counter.update(value=F("value") + count):
        # A flushed database has lost the row that a migration made.
        newest = Activity.objects.aggregate(newest=Max("cursor"))["newest"] or 0
        ActivityCounter.objects.get_or_create(pk=1, defaults={"value": newest})
        counter.update(value=F("value") + count)
    return counter.values_list("value", flat=True).get()
