"""Operators see everything but the text, and change only who is a member."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from core.accounts.models import User
from notes.access import abilities
from notes.models import Invitation, LoadMark, Membership, Note, Notebook, NoteSegment, NoteSnapshot, Role
from notes.services import invitations, notes
from notes.services.activity import fold_edit

TABLES = ["notebook", "note", "invitation", "activity", "noteupdate", "notesegment", "notesnapshot", "loadmark"]
READ_ONLY = [table for table in TABLES if table != "notebook"]


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", display_name="Root"))
    return client


@pytest.fixture
def full(ada: User, ben: User, networking: Notebook, handshake: Note) -> None:
    """Ten rows in each table."""
    invitations.invite(ada, notebook=networking, role=Role.VIEWER)
    for number in range(9):
        note = notes.create(ada, notebook=networking, title=f"Note {number}", text="Text")
        invitations.invite(ada, notebook=networking, role=Role.VIEWER)
        fold_edit(ben, note, added=1, removed=0)
    for note in Note.objects.all():
        NoteSnapshot.objects.create(note=note, epoch=1, seq=1, state=b"xy", text="Text", text_hash=b"")
        NoteSegment.objects.create(note=note, epoch=1, first_seq=1, last_seq=9, data=b"xyz")
        LoadMark.objects.create(note=note, process="web-1")


@pytest.mark.parametrize("table", TABLES)
def test_lists_do_not_ask_for_each_row(
    operator: Client,
    full: None,
    table: str,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    with django_assert_max_num_queries(7):
        assert operator.get(f"/admin/notes/{table}/").status_code == 200
    assert operator.get(f"/admin/notes/{table}/", {"q": "handshake"}).status_code == 200


@pytest.mark.parametrize("table", READ_ONLY)
def test_rows_are_shown_and_not_changed(operator: Client, full: None, table: str) -> None:
    url = f"/admin/notes/{table}/{apps.get_model('notes', table).objects.first().pk}"
    assert operator.get(f"{url}/change/").status_code == 200
    assert operator.post(f"{url}/change/", {}).status_code == 403
    assert operator.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    assert operator.get(f"/admin/notes/{table}/add/").status_code == 403


def test_an_operator_mends_who_owns_a_notebook(
    operator: Client, ada: User, mallory: User, course: Notebook, handshake: Note
) -> None:
    answer = operator.post(_url(course), _form(course, remove=ada, add=mallory))
    assert answer.status_code == 302
    assert abilities(mallory, course).share
    assert not abilities(ada, course).read
    handshake.refresh_from_db()
    assert handshake.access_epoch > 1


def test_an_operator_leaves_an_owner_too(operator: Client, ada: User, course: Notebook) -> None:
    answer = operator.post(_url(course), _form(course, remove=ada))
    assert "needs an owner" in answer.content.decode()
    assert abilities(ada, course).share


def test_an_operator_finds_what_has_no_owner_left(operator: Client, ada: User, course: Notebook) -> None:
    url = "/admin/notes/notebook/?owner=none"
    assert course.public_id not in operator.get(url).content.decode()
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert course.public_id in operator.get(url).content.decode()


def test_an_operator_withdraws_invitations(operator: Client, full: None) -> None:
    chosen = Invitation.objects.values_list("pk", flat=True)[:2]
    operator.post("/admin/notes/invitation/", {"action": "withdraw", "_selected_action": list(chosen)})
    assert Invitation.objects.exclude(revoked_at=None).count() == 2


def test_no_secret_is_shown(operator: Client, ada: User, course: Notebook) -> None:
    invitation, _ = invitations.invite(ada, notebook=course, role=Role.VIEWER)
    assert "token hash" not in operator.get(f"/admin/notes/invitation/{invitation.pk}/change/").content.decode().lower()


def _url(notebook: Notebook) -> str:
    return f"/admin/notes/notebook/{notebook.pk}/change/"


def _form(notebook: Notebook, remove: User, add: User | None = None) -> dict[str, Any]:
    members = list(Membership.objects.filter(notebook=notebook).order_by("pk"))
    rows: list[dict[str, Any]] = [
        {
            "id": member.pk,
            "user": member.user_id,
            "role": member.role,
            **({"DELETE": "on"} if member.user == remove else {}),
        }
        for member in members
    ]
    if add:
        rows.append({"id": "", "user": add.pk, "role": Role.OWNER.value})
    form: dict[str, Any] = {"memberships-TOTAL_FORMS": len(rows), "memberships-INITIAL_FORMS": len(members)}
    for number, row in enumerate(rows):
        form |= {f"memberships-{number}-{name}": value for name, value in {**row, "notebook": notebook.pk}.items()}
    return form
