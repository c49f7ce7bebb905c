"""Who may do what in a notebook and everything beneath it."""

from django.conf import settings
from django.db import models


class Role(models.IntegerChoices):
    """What a member may do, weakest first, so that the strongest of several is their maximum."""

    VIEWER = 10, "viewer"
    COMMENTER = 20, "commenter"
    EDITOR = 30, "editor"
    OWNER = 40, "owner"


class Membership(models.Model):
    """One person's role in one notebook. It holds for the notebooks nested in it as well."""

    notebook = models.ForeignKey("notes.Notebook", models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.VIEWER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-role", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["notebook", "user"], name="membership_once_per_notebook"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_role_display()} in {self.notebook}"
