"""Invitations: a secret link by which somebody becomes a member."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from notes.models.membership import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        """Neither accepted nor withdrawn nor expired."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """One invitation, good once. Only the SHA-256 of its token is kept.

    Whoever holds the link may use it; `email` only reminds the owners for whom it was made.
    """

    notebook = models.ForeignKey("notes.Notebook", models.CASCADE, related_name="invitations")
    email = models.EmailField(blank=True)
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.EDITOR)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_is_known")
        ]

    def __str__(self) -> str:
        return f"invitation to {self.notebook}"
