"""Nobody reads through the address of a list what no page shows: only the filters of the page are answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import models
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from core.admin.tests.conftest import SignIn
from core.lib.operating import OurAdmin
from notes.models import Note, Notebook

SECRETS = [
    *("/admin/notes/note/?excerpt", "/admin/notes/notesnapshot/?text", "/admin/notes/notesnapshot/?text_hash"),
    *("/admin/notes/notesnapshot/?state", "/admin/notes/noteupdate/?data", "/admin/notes/notesegment/?data"),
    *("/admin/notes/notesnapshot/?note__excerpt", "/admin/notes/note/?created_by__password"),
    *("/admin/notes/note/?snapshots__text", "/admin/notes/note/?quarantines__why", "/admin/notes/note/?updates__data"),
    *("/admin/notes/invitation/?token_hash", "/admin/notes/notebook/?notes__excerpt"),
    *("/admin/notes/activity/?data", "/admin/notes/activity/?note__excerpt"),
    *("/admin/background/waitingmail/?sealed", "/admin/background/failedtask/?trace"),
    *("/admin/account/emailaddress/?user__password", "/admin/accounts/user/?password"),
]
WAYS = ["", "__contains", "__startswith", "__gte", "__lt", "__in", "__regex", "__range", "__length__gt"]


def words(model: type[models.Model], path: str = "", deep: int = 2) -> Iterator[str]:
    """The paths to all that is written or secret, from a row of the model to the rows that it names and is named by."""
    kinds = (models.CharField, models.TextField, models.BinaryField, models.JSONField)
    for field in model._meta.get_fields():
        if isinstance(field, kinds):
            yield f"{path}{field.name}"
        elif deep and field.is_relation and isinstance(field.related_model, type):
            yield from words(field.related_model, f"{path}{field.name}__", deep - 1)


@pytest.fixture
def otto(otto: User) -> User:
    """He may see everything, and change nothing."""
    otto.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return otto


@pytest.fixture
def client(otto: User, sign_in: SignIn) -> Client:
    return sign_in(otto)


def lists() -> dict[str, type[models.Model]]:
    return {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"): model
        for model in admin.site._registry
    }


def test_every_list_keeps_to_it() -> None:
    assert [page for page in admin.site._registry.values() if not isinstance(page, OurAdmin)] == []


@pytest.mark.parametrize("question", SECRETS)
def test_what_no_page_shows_cannot_be_asked_for(client: Client, handshake: Note, question: str) -> None:
    assert {way: client.get(f"{question}{way}=0").status_code for way in WAYS} == dict.fromkeys(WAYS, 400)


@pytest.mark.parametrize("url", sorted(lists()))
def test_nothing_that_is_written_is_read_letter_by_letter(client: Client, url: str) -> None:
    asked = list(words(lists()[url]))
    assert asked
    answers = {path: client.get(url, {f"{path}__contains": "a"}).status_code for path in asked}
    assert {path for path, status in answers.items() if status != 400} == set()


@pytest.mark.parametrize(
    "question",
    [
        *(
            "accounts/user/?is_staff__exact=1",
            "accounts/user/?date_joined__gte=2026-01-01 00:00:00%2B00:00",
            "accounts/user/?last_login__isnull=True",
        ),
        *("accounts/auditentry/?deed__exact=added", "accounts/auditentry/?at__year=2026&at__month=3&at__day=4"),
        *("notes/notebook/?owner=none", "notes/notebook/?deleted_at__isempty=1", "notes/notebook/?parent__isempty=0"),
        *("notes/note/?quarantines__isempty=0", "notes/note/?notebook__id__exact=1", "notes/note/?created_by=1"),
        *("notes/note/?id__in=1,2", "notes/noteupdate/?quarantined__exact=0", "notes/noteupdate/?note__id__exact=1"),
        *("notes/invitation/?role__exact=10", "notes/activity/?verb__exact=note-created&q=handshake"),
        *("background/failedtask/?task=notes.tasks.x", "background/failedtask/?failed_at__year=2026"),
        *("background/waitingmail/?given_up_at__isnull=True", "account/emailaddress/?verified__exact=1"),
    ],
)
def test_what_the_pages_ask_is_answered(client: Client, handshake: Note, question: str) -> None:
    assert client.get(f"/admin/{question}").status_code == 200


@pytest.mark.parametrize("url", sorted(lists()))
def test_every_filter_that_a_page_shows_works(operator: Client, course: Notebook, handshake: Note, url: str) -> None:
    changes: Any = operator.get(url).context["cl"]
    shown = [choice["query_string"] for spec in changes.filter_specs for choice in spec.choices(changes)]
    for question in shown:
        assert operator.get(f"{url}{question}").status_code == 200, question
