"""What happened, in the order in which it became visible."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from notes.models.notebook import Notebook


class Verb(models.TextChoices):
    """What somebody did. The sentences are in templates/notes/components/activity.html."""

    NOTEBOOK_CREATED = "notebook-created"
    NOTEBOOK_RENAMED = "notebook-renamed"
    NOTEBOOK_MOVED = "notebook-moved"
    NOTEBOOK_ARCHIVED = "notebook-archived"
    NOTEBOOK_UNARCHIVED = "notebook-unarchived"
    NOTEBOOK_DELETED = "notebook-deleted"
    NOTEBOOK_RESTORED = "notebook-restored"
    NOTE_CREATED = "note-created"
    NOTE_RENAMED = "note-renamed"
    NOTE_MOVED = "note-moved"
    NOTE_ARCHIVED = "note-archived"
    NOTE_UNARCHIVED = "note-unarchived"
    NOTE_DELETED = "note-deleted"
    NOTE_RESTORED = "note-restored"
    NOTE_EDITED = "note-edited"
    MEMBER_JOINED = "member-joined"
    MEMBER_LEFT = "member-left"
    ROLE_CHANGED = "role-changed"


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(notebook__in=Notebook.objects.visible_to(user))

    def within(self, notebook: Notebook) -> Self:
        return self.filter(notebook__path__startswith=notebook.path)

    def newest_first(self) -> Self:
        return self.select_related("actor", "note", "notebook").order_by("-cursor")


class Activity(models.Model):
    """One line of the feed.

    `cursor` orders the feed: it is assigned anew whenever the row changes (a sitting's edits are folded into one row),
    under a lock that is held until the commit, so that rows become visible in the order of their cursors and a reader
    who asks for "all after c" misses nothing.

    `data`, by verb: renamed {"old", "new"}; moved nothing, or in the place that it left {"title", "away": true}; edited
    {"added", "removed"} in characters; joined {"role"}; left nothing, or who was put out {"member", "member_key"}; role
    changed {"member", "member_key", "role"}. The key says whose name to take out when an account is deleted.
    """

    # Neither has an index of its own: one of those below begins with it.
    notebook = models.ForeignKey(Notebook, models.CASCADE, related_name="activities", db_index=False)
    note = models.ForeignKey(
        "notes.Note", models.CASCADE, null=True, blank=True, related_name="activities", db_index=False
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=24, choices=Verb)
    data = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    cursor = models.PositiveBigIntegerField(unique=True)

    objects: ClassVar[Any] = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["notebook", "-cursor"], name="activity_of_notebook"),
            models.Index(fields=["note", "-cursor"], name="activity_of_note"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.note or self.notebook}"


class ActivityCounter(models.Model):
    """The one row that hands out cursors; see Activity."""

    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)
