"""Invitations: a secret link by which somebody becomes a member."""

from django.conf import settings
from django.db import models

from notes.models.membership import Role


class Invitation(models.Model):
    """One invitation, good once. Only the SHA-256 of its token is kept."""

    notebook = models.ForeignKey("notes.Notebook", models.CASCADE, related_name="invitations")
    email = models.EmailField(blank=True)
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.EDITOR)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_is_known")]

    def __str__(self) -> str:
        return f"invitation to {self.notebook}"
