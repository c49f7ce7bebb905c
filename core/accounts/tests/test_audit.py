"""The log of permission changes is only added to, and old rows go after AUDIT_DAYS."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.accounts import audit
from core.accounts.models import AppendOnlyError, AuditEntry, Deed, User
from core.background.tasks import forget_what_ran_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(ada: User) -> AuditEntry:
    audit.record(ada, Deed.SESSIONS_ENDED, about=ada)
    row: AuditEntry = AuditEntry.objects.get()
    return row


def test_no_row_is_changed(row: AuditEntry) -> None:
    row.actor_name = "Somebody else"
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.filter(pk=row.pk).update(actor_name="Somebody else")
    row.refresh_from_db()
    assert row.actor_name == "Ada Lindqvist <ada@example.org>"


def test_no_row_is_removed(row: AuditEntry) -> None:
    with pytest.raises(AppendOnlyError):
        row.delete()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.exists()


def test_rows_go_when_they_are_old(ada: User, settings: Any) -> None:
    settings.AUDIT_DAYS = 30
    for days in (29, 31, 400):
        entry = audit.entry(ada, Deed.SESSIONS_ENDED)
        entry.at = timezone.now() - timedelta(days=days)
        audit.write([entry])
    assert audit.expire_audit() == 2
    assert AuditEntry.objects.get().at > timezone.now() - timedelta(days=30)
    assert audit.expire_audit() == 0


def test_the_sweep_lets_them_go(row: AuditEntry, settings: Any) -> None:
    AuditEntry._base_manager.update(at=timezone.now() - timedelta(days=settings.AUDIT_DAYS + 1))
    forget_what_ran_out()
    assert not AuditEntry.objects.exists()


def test_with_no_days_they_stay_for_ever(row: AuditEntry, settings: Any) -> None:
    settings.AUDIT_DAYS = 0
    AuditEntry._base_manager.update(at=timezone.now() - timedelta(days=9_999))
    assert audit.expire_audit() == 0
    assert AuditEntry.objects.exists()


def test_the_first_superuser_is_written_down(db: None) -> None:
    call_command("createsuperuser", interactive=False, email="root@example.org", display_name="Root")
    row = AuditEntry.objects.get()
    assert (row.deed, row.actor_name, row.about_name, row.after, row.door) == (
        *(Deed.ACCOUNT_MADE, "", "Root <root@example.org>"),
        *("superuser", "command"),
    )
