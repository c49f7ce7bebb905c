"""Writes the log of permission changes, each row in the transaction of the change itself.

Two things are done to rows that are there, past the rule that they are only added: old ones go, and an account that was
deleted is not named any more.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.accounts.models import AuditEntry, Deed, User
from core.lib import doors

__all__ = ["Deed", "entry", "expire_audit", "former_addresses", "make_nameless", "record", "write"]


def entry(actor: User | None, deed: Deed, *, about: User | None = None, **rest: str) -> AuditEntry:
    """A row that is not written yet. `actor` is None for the server itself; `rest` are fields of text."""
    return AuditEntry(
        deed=deed,
        **_named("actor", actor),
        **_named("about", about),
        door=doors.present(),
        request_id=doors.request_id(),
        **rest,
    )


def record(actor: User | None, deed: Deed, *, about: User | None = None, **rest: str) -> None:
    write([entry(actor, deed, about=about, **rest)])


def write(entries: Iterable[AuditEntry]) -> None:
    AuditEntry.objects.bulk_create(entries, batch_size=500)


def expire_audit() -> int:
    """Removes what is older than AUDIT_DAYS, and returns how many rows that were. For a task that runs every day."""
    if not settings.AUDIT_DAYS:
        return 0
    limit = timezone.now() - timedelta(days=settings.AUDIT_DAYS)
    gone, _ = AuditEntry._base_manager.filter(at__lt=limit).delete()
    return gone


def former_addresses(user: User) -> set[str]:
    """What an operator has put another address in the place of."""
    rows = AuditEntry.objects.filter(about=user, deed=Deed.ADDRESS_CHANGED)
    told = {words.partition(",")[0] for row in rows.values_list("before", "after") for words in row}
    return told - {""}


def make_nameless(user: User, name: str, addresses: Iterable[str]) -> None:
    """What was done stays, and that it was one and the same person; who that was is `name` from now on."""
    rows = AuditEntry._base_manager.all()
    rows.filter(actor=user).update(actor_name=name)
    rows.filter(about=user).update(about_name=name)
    for address in addresses:  # they were invited by it
        for field in ("before", "after"):
            for row in rows.filter(**{f"{field}__icontains": address}):
                told = re.sub(rf"(?<![\w.+-]){re.escape(address)}(?![\w.-])", name, getattr(row, field), flags=re.I)
                rows.filter(pk=row.pk).update(**{field: told})


def _named(field: str, user: User | None) -> dict[str, Any]:
    return {} if user is None else {field: user, f"{field}_name": f"{user} <{user.email}>"}
