"""What background work keeps in the database: messages that wait, and tasks that were given up."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone


class WaitingMailQuerySet(models.QuerySet["WaitingMail"]):
    def due(self) -> Self:
        return self.filter(given_up_at=None, due_at__lte=timezone.now())


class WaitingMail(models.Model):
    """A message that the mail server has not taken yet; the row goes when it has.

    `sealed` is the whole message, encrypted: it may hold a link that opens an account. `due_at` is also the lease of
    whoever is sending it right now.
    """

    to = models.CharField(max_length=400)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = WaitingMailQuerySet.as_manager()

    class Meta:
        verbose_name = "message that waits"
        verbose_name_plural = "messages that wait"
        indexes = [models.Index(fields=["due_at"], condition=Q(given_up_at=None), name="mail_that_is_due")]

    def __str__(self) -> str:
        return f"message to {self.to}"


class FailedTask(models.Model):
    """A task that failed for good: what was asked for, and what became of it."""

    task = models.CharField(max_length=200)
    arguments = models.TextField(default="[]", help_text="JSON.")
    task_id = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField()
    error = models.CharField(max_length=300)
    trace = models.TextField(blank=True)
    failed_at = models.DateTimeField(auto_now_add=True, db_index=True)
    again_at = models.DateTimeField(null=True, blank=True, help_text="When it was asked for once more.")

    class Meta:
        verbose_name = "failed task"
        ordering = ["-failed_at"]

    def __str__(self) -> str:
        return self.task
