"""Who may do what in a notebook and everything beneath it."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from notes.models.notebook import Notebook


class Role(models.IntegerChoices):
    """What a member may do, weakest first, so that the strongest of several is their maximum."""

    VIEWER = 10, "viewer"
    COMMENTER = 20, "commenter"
    EDITOR = 30, "editor"
    OWNER = 40, "owner"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, user: Any) -> Self:
        """Empty once the account is closed, however old `user` is."""
        return self.filter(user=user, user__is_active=True)

    def owners(self) -> Self:
        """Those who can sign in."""
        return self.filter(role=Role.OWNER, user__is_active=True)

    def around(self, notebook: "Notebook") -> Self:
        """Those of the notebook itself and those that it inherits."""
        return self.filter(notebook__in=notebook.ancestor_ids).select_related("user", "notebook")


class Membership(models.Model):
    """One person's role in one notebook. It holds for the notebooks nested in it as well."""

    # Without an index of its own: the constraint's begins with it.
    notebook = models.ForeignKey("notes.Notebook", models.CASCADE, related_name="memberships", db_index=False)
    # PROTECT: a cascade would pass by the rule of the last owner, the feed, and whoever has the notes open.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.VIEWER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-role", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["notebook", "user"], name="membership_once_per_notebook"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_role_display()} in {self.notebook}"
