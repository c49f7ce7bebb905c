"""The lines of the feed. Every other service writes one here, in its own transaction, as the last thing it does."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from core.accounts.models import User
from notes.events import ActivityRecorded, publish
from notes.models import Activity, ActivityCounter, Note, Notebook, Verb

SITTING = timedelta(minutes=15)  # a pause this long ends it


@transaction.atomic
def record(
    actor: User, verb: Verb, *, notebook: Notebook, note: Note | None = None, data: dict[str, Any] | None = None
) -> Activity:
    """Writes a line. All who write one wait for each other from here to the commit, so call it last."""
    cursor = _next_cursor()
    activity: Activity = Activity.objects.create(
        actor=actor, verb=verb, notebook=notebook, note=note, data=data or {}, cursor=cursor
    )
    _tell(activity, notebook)
    return activity


def fold_edit(actor: User, note: Note, *, added: int, removed: int) -> Activity:
    """`fold_edits` of one person."""
    (activity,) = fold_edits(note, {actor: (added, removed)})
    return activity


@transaction.atomic
def fold_edits(note: Note, edits: Mapping[User, tuple[int, int]]) -> list[Activity]:
    """Adds edits (characters added and removed, by actor) to the lines of the actors' present sittings at this note, or
    begins new ones.

    A line's `created_at` stays the start of the sitting; its cursor is renewed, so that it rises to the top.
    """
    newest = _next_cursor(len(edits))  # first, so that two edits at once find the same line
    notebook = Notebook.objects.get(notes=note.pk)
    now = timezone.now()
    sittings = Activity.objects.filter(
        actor__in=edits, note=note, verb=Verb.NOTE_EDITED, changed_at__gte=now - SITTING
    ).order_by("cursor")
    known = {activity.actor_id: activity for activity in sittings}
    lines = []
    for cursor, (actor, (added, removed)) in enumerate(edits.items(), start=newest - len(edits) + 1):
        line = known.get(actor.pk) or Activity(
            actor=actor, verb=Verb.NOTE_EDITED, notebook=notebook, note=note, data={}
        )
        before = line.data
        line.data = {"added": before.get("added", 0) + added, "removed": before.get("removed", 0) + removed}
        line.cursor, line.changed_at = cursor, now
        if line.pk:  # one by one: bulk_update takes longer to write its query than all of these together
            Activity.objects.filter(pk=line.pk).update(data=line.data, cursor=cursor, changed_at=now)
        lines.append(line)
    Activity.objects.bulk_create([line for line in lines if not line.pk])
    for line in lines:
        _tell(line, notebook)
    return lines


def _tell(activity: Activity, notebook: Notebook) -> None:
    publish(ActivityRecorded(activity_id=activity.pk, notebook_path=notebook.path, note_id=activity.note_id))


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
