"""The log of permission changes: who let whom do what, when, and by which door. Rows are only added; what else there is
to do with them is in core/accounts/audit.py."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.lib.doors import Door


class Deed(models.TextChoices):
    """What was done. `before` and `after` of the row say from what to what."""

    INVITED = "invited", "invited"
    INVITATION_WITHDRAWN = "invitation-withdrawn", "invitation withdrawn"
    BEGUN = "begun", "notebook begun"
    JOINED = "joined", "joined"
    ADDED = "added", "added as a member"
    ROLE_CHANGED = "role-changed", "role changed"
    REMOVED = "removed", "removed as a member"
    LEFT = "left", "left"
    MOVED = "moved", "moved among other people"
    ARCHIVED = "archived", "archived"
    UNARCHIVED = "unarchived", "taken out of the archive"
    DELETED = "deleted", "deleted"
    ERASED = "erased", "deleted for ever"
    RESTORED = "restored", "restored"
    ACCOUNT_MADE = "account-made", "account made"
    ACCOUNT_CLOSED = "account-closed", "account deactivated"
    ACCOUNT_REOPENED = "account-reopened", "account reactivated"
    ACCOUNT_DELETED = "account-deleted", "account deleted"
    RANK_CHANGED = "rank-changed", "staff or superuser changed"
    PERMISSIONS_CHANGED = "permissions-changed", "groups or permissions changed"
    SESSIONS_ENDED = "sessions-ended", "sessions ended"
    ADDRESS_CHANGED = "address-changed", "e-mail address changed"
    RESET_SENT = "reset-sent", "password reset sent"
    FACTOR_ADDED = "factor-added", "second factor set up"
    FACTOR_REMOVED = "factor-removed", "second factor removed"


class AppendOnlyError(TypeError):
    """Somebody's code tried to change or remove a row of the log."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """What Django does by itself when an account goes (it empties `actor` and `about`) takes another way."""

    def update(self, **_: Any) -> int:
        raise AppendOnlyError("The log of permission changes is only added to.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("Rows of the log of permission changes go by expire_audit, when they are old.")


class AuditEntry(models.Model):
    """One change of what one person, or everybody in a place, may do.

    People are named by a key and by text, which stays when the account is gone, unless its owner had it deleted. Places
    are named by their public id, which is never given to another: accounts know nothing of the tables of notes.
    """

    at = models.DateTimeField("when", default=timezone.now, db_index=True)
    deed = models.CharField("what", max_length=24, choices=Deed)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="account of who did it"
    )
    actor_name = models.CharField("who", max_length=340, blank=True)
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="account of whom"
    )
    about_name = models.CharField("about whom", max_length=340, blank=True)
    notebook_id = models.CharField("id of the notebook", max_length=16, blank=True)
    notebook_title = models.CharField("in which notebook", max_length=120, blank=True)
    note_id = models.CharField("id of the note", max_length=16, blank=True)
    note_title = models.CharField("which note", max_length=200, blank=True)
    before = models.TextField("from", blank=True)
    after = models.TextField("to", blank=True)
    door = models.CharField(max_length=8, choices=[(door.value, door.value) for door in Door])
    request_id = models.CharField("request", max_length=16, blank=True)

    objects: ClassVar[Any] = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "permission change"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.actor_name or 'the server'}: {self.get_deed_display()} {self.about_name}".strip()

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("The log of permission changes is only added to.")
        super().save(**kwargs)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("Rows of the log of permission changes go by expire_audit, when they are old.")
