"""Exports: a notebook as a file to take away, made in the background."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.lib.ids import new_public_id
from notes.models.notebook import Notebook

KEPT = timedelta(days=1)


def in_a_day() -> Any:
    return timezone.now() + KEPT


class ExportQuerySet(models.QuerySet["Export"]):
    def unfinished(self) -> Self:
        """In the very words of the index `export_unfinished`: SQLite uses it for no others."""
        return self.filter(state__lte=Export.State.RUNNING)

    def due(self) -> Self:
        """Nobody is at work on them, or whoever was has died."""
        return self.unfinished().filter(lease_until__lte=timezone.now())


class Export(models.Model):
    """One notebook, with all that is nested in it, as one person may read it. Goes when it expires.

    The file is in the database: workers and web servers need not share a disk.
    """

    class State(models.IntegerChoices):
        WAITING = 1, "waiting"
        RUNNING = 2, "being made"
        READY = 3, "ready"
        FAILED = 4, "failed"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    notebook = models.ForeignKey(Notebook, models.CASCADE, related_name="exports")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    state = models.PositiveSmallIntegerField(choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0, help_text="Notes written so far.")
    total = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(default=timezone.now, help_text="Somebody is at work on it until then.")
    problem = models.CharField(max_length=200, blank=True, help_text="Why it failed, for its owner.")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=in_a_day, db_index=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes.")
    data = models.BinaryField(default=bytes)

    objects: ClassVar[Any] = ExportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["lease_until"], condition=Q(state__lte=2), name="export_unfinished")]

    def __str__(self) -> str:
        return f"export of {self.notebook}"

    def get_absolute_url(self) -> str:
        return f"/exports/{self.public_id}/"

    @property
    def file_name(self) -> str:
        return f"{self.notebook.title}.zip"

    @property
    def finished(self) -> bool:
        return self.state in (self.State.READY, self.State.FAILED)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0
