"""Notes: a title, a place in a notebook, and a text that lives in the log (see `content`)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from core.lib.ids import new_public_id
from notes.models.notebook import Notebook


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: Any) -> Self:
        """Not deleted, nor any notebook around it, and the user is a member of one of these."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(deleted_at=None, notebook__in=Notebook.objects.visible_to(user))

    def alive(self) -> Self:
        return self.filter(deleted_at=None, notebook__deleted_at=None)

    def active(self) -> Self:
        return self.alive().filter(archived_at=None, notebook__archived_at=None)

    def within(self, notebook: Notebook) -> Self:
        return self.filter(notebook__path__startswith=notebook.path)


class Note(models.Model):
    """A note. Its text is the log of updates up to `seq`; `excerpt` and `words` follow the text with a short delay."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    # Without an index of its own: that of the reading order begins with it.
    notebook = models.ForeignKey(Notebook, models.PROTECT, related_name="notes", db_index=False)
    title = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0, help_text="Order in the notebook.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now_add=True, help_text="When title or text changed last.")
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    # The head of the log. `seq` counts its updates; an append names the `seq` it builds on.
    seq = models.PositiveBigIntegerField(default=0)
    # Grows when the history is begun anew; a client of another epoch may not merge.
    epoch = models.PositiveIntegerField(default=1)
    # Grows with every change of who may do what here, so that an append can tell that its check is out of date.
    access_epoch = models.PositiveIntegerField(default=1)

    excerpt = models.CharField(max_length=300, blank=True)
    words = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["notebook", "position"], name="note_in_reading_order")]
        constraints = [models.CheckConstraint(condition=~models.Q(title=""), name="note_has_a_title")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/notes/{self.public_id}/"
