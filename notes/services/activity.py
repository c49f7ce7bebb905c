"""The lines of the feed. Every other service writes one here, in its own transaction, as the last thing it does."""

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


@transaction.atomic
def fold_edit(actor: User, note: Note, *, added: int, removed: int) -> Activity:
    """Adds an edit (in characters) to the line of the actor's present sitting at this note, or begins a new one.

    The line's `created_at` stays the start of the sitting; its cursor is renewed, so that it rises to the top.
    """
    cursor = _next_cursor()  # first, so that two edits at once find the same line
    notebook = Notebook.objects.get(notes=note.pk)
    activity = (
        Activity.objects.filter(actor=actor, note=note, verb=Verb.NOTE_EDITED, changed_at__gte=timezone.now() - SITTING)
        .order_by("-cursor")
        .first()
    )
    if activity is None:
        activity = Activity(actor=actor, verb=Verb.NOTE_EDITED, notebook=notebook, note=note, data={})
    before = activity.data
    activity.data = {"added": before.get("added", 0) + added, "removed": before.get("removed", 0) + removed}
    activity.cursor = cursor
    activity.save()
    _tell(activity, notebook)
    return activity


def _tell(activity: Activity, notebook: Notebook) -> None:
    publish(ActivityRecorded(activity_id=activity.pk, notebook_path=notebook.path, note_id=activity.note_id))


def _next_cursor() -> int:
    """Hands out the next cursor and holds the counter's row until the commit: cursors appear in their order."""
    counter = ActivityCounter.objects.filter(pk=1)
    if not counter.update(value=F("value") + 1):
        # A flushed database has lost the row that a migration made.
        newest = Activity.objects.aggregate(newest=Max("cursor"))["newest"] or 0
        ActivityCounter.objects.get_or_create(pk=1, defaults={"value": newest})
        counter.update(value=F("value") + 1)
    return counter.values_list("value", flat=True).get()
