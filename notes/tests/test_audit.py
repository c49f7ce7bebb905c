"""Every change of a right on a page leaves a row: who, what, about whom, where, from what to what, by which request."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client

from core.accounts.models import AuditEntry, Deed, User
from notes.models import Membership, Note, Notebook, Role
from notes.services import memberships, notebooks
from notes.services.notebooks import delete as delete_notebook

pytestmark = pytest.mark.django_db

type Visit = Callable[[User], Client]

FIELDS = ("actor", "deed", "about", "before", "after")


@pytest.fixture
def visit() -> Visit:
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture(autouse=True)
def nothing_before(course: Notebook, handshake: Note) -> None:
    AuditEntry._base_manager.all().delete()


def told(*fields: str) -> list[tuple[Any, ...]]:
    return list(AuditEntry.objects.order_by("pk").values_list(*(fields or FIELDS)))


def invitation_to(hers: Client, notebook: Notebook, role: Role, email: str = "") -> str:
    url = f"/notebooks/{notebook.public_id}/people/invite"
    page = hers.post(url, {"role": role.value, "email": email}).content.decode()
    link = re.search(r'value="http://testserver(/invitations/[^"]+)"', page)
    assert link
    return link[1]


def test_inviting_and_joining(visit: Visit, ada: User, mallory: User, course: Notebook) -> None:
    link = invitation_to(visit(ada), course, Role.EDITOR, email="m@example.org")
    visit(mallory).post(link)
    assert told() == [
        (ada.pk, Deed.INVITED, None, "", "editor m@example.org"),
        (mallory.pk, Deed.JOINED, mallory.pk, "", "editor"),
    ]


def test_withdrawing_an_invitation(visit: Visit, ada: User, course: Notebook) -> None:
    invitation_to(visit(ada), course, Role.VIEWER)
    page = visit(ada).get(f"/notebooks/{course.public_id}/people").content.decode()
    link = re.search(r'action="([^"]+/revoke)"', page)
    assert link
    visit(ada).post(link[1])
    assert told()[1:] == [(ada.pk, Deed.INVITATION_WITHDRAWN, None, "viewer", "")]


def test_another_role_removal_and_leaving(
    visit: Visit, ada: User, ben: User, cleo: User, dana: User, course: Notebook
) -> None:
    people = f"/notebooks/{course.public_id}/people"
    visit(ada).post(f"{people}/{ben.public_id}/role", {"role": Role.VIEWER.value})
    visit(ada).post(f"{people}/{cleo.public_id}/remove")
    visit(dana).post(f"/notebooks/{course.public_id}/leave")
    assert told() == [
        (ada.pk, Deed.ROLE_CHANGED, ben.pk, "editor", "viewer"),
        (ada.pk, Deed.REMOVED, cleo.pk, "viewer", ""),
        (dana.pk, Deed.LEFT, dana.pk, "commenter", ""),
    ]


def test_a_row_says_where_and_by_which_request(visit: Visit, ada: User, ben: User, course: Notebook) -> None:
    url = f"/notebooks/{course.public_id}/people/{ben.public_id}/role"
    answer = visit(ada).post(url, {"role": Role.VIEWER.value})
    assert told("notebook_id", "notebook_title", "door", "request_id", "actor_name", "about_name") == [
        (
            *(course.public_id, course.title, "page", answer["X-Request-ID"]),
            *("Ada <ada@example.org>", "Ben <ben@example.org>"),
        )
    ]


def test_what_no_page_did_was_a_command(ada: User, ben: User, course: Notebook) -> None:
    memberships.remove(ada, Membership.objects.get(user=ben, notebook=course))
    assert told("door", "request_id") == [("command", "")]


def test_a_new_notebook_has_an_owner(visit: Visit, ben: User) -> None:
    visit(ben).post("/notebooks/new", {"title": "Ben's own", "cloth": 1})
    assert told(*FIELDS, "notebook_title") == [(ben.pk, Deed.BEGUN, ben.pk, "", "owner", "Ben's own")]


def test_a_notebook_that_comes_among_other_people(
    visit: Visit, ada: User, ben: User, cleo: User, dana: User, mallory: User, networking: Notebook
) -> None:
    other = notebooks.create(ada, title="Other")
    Membership.objects.create(notebook=other, user=mallory, role=Role.VIEWER)
    Membership.objects.create(notebook=other, user=cleo, role=Role.EDITOR)
    AuditEntry._base_manager.all().delete()
    visit(ada).post(f"/notebooks/{networking.public_id}/move", {"notebook": other.public_id})
    assert set(told(*FIELDS, "notebook_title")) == {
        (ada.pk, Deed.MOVED, ben.pk, "editor", "", "Networking"),
        (ada.pk, Deed.MOVED, dana.pk, "commenter", "", "Networking"),
        (ada.pk, Deed.MOVED, cleo.pk, "viewer", "editor", "Networking"),
        (ada.pk, Deed.MOVED, mallory.pk, "", "viewer", "Networking"),
    }


def test_a_notebook_that_stays_among_the_same_people_is_not_worth_a_row(
    visit: Visit, ada: User, course: Notebook, networking: Notebook
) -> None:
    part = notebooks.create(ada, title="Part", parent=course)
    visit(ada).post(f"/notebooks/{networking.public_id}/move", {"notebook": part.public_id})
    networking.refresh_from_db()
    assert networking.parent == part
    assert told() == []


def test_a_note_that_comes_among_other_people(visit: Visit, ada: User, mallory: User, handshake: Note) -> None:
    other = notebooks.create(ada, title="Other")
    Membership.objects.create(notebook=other, user=mallory, role=Role.VIEWER)
    AuditEntry._base_manager.all().delete()
    visit(ada).post(f"/notes/{handshake.public_id}/move", {"notebook": other.public_id})
    row = (ada.pk, Deed.MOVED, mallory.pk, "", "viewer", "Other", "TCP handshake")
    assert row in told(*FIELDS, "notebook_title", "note_title")


@pytest.mark.parametrize(
    ("verb", "back", "deeds"),
    [
        ("archive", "unarchive", [Deed.ARCHIVED, Deed.UNARCHIVED]),
        ("delete", "restore", [Deed.DELETED, Deed.RESTORED]),
    ],
)
def test_away_and_back(
    visit: Visit, ada: User, networking: Notebook, handshake: Note, verb: str, back: str, deeds: list[Deed]
) -> None:
    for thing in (f"/notes/{handshake.public_id}", f"/notebooks/{networking.public_id}"):
        visit(ada).post(f"{thing}/{verb}")
        visit(ada).post(f"{thing}/{back}")
    assert told("deed", "note_title", "notebook_title") == [
        *((deed, "TCP handshake", "Networking") for deed in deeds),
        *((deed, "", "Networking") for deed in deeds),
    ]


def test_what_is_refused_leaves_no_row(visit: Visit, ada: User, ben: User, course: Notebook) -> None:
    people = f"/notebooks/{course.public_id}/people"
    visit(ben).post(f"{people}/{ada.public_id}/remove")
    visit(ada).post(f"{people}/{ada.public_id}/role", {"role": Role.VIEWER.value})
    assert told() == []


def test_a_row_is_of_the_transaction_of_its_change(ada: User, ben: User, course: Notebook) -> None:
    @transaction.atomic
    def change_and_fail() -> None:
        memberships.remove(ada, Membership.objects.get(user=ben, notebook=course))
        assert len(told()) == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert told() == []


def test_rows_outlive_the_people_and_the_notebook(ada: User, mallory: User) -> None:
    own = notebooks.create(mallory, title="Own")
    delete_notebook(mallory, own)
    with pytest.raises(ProtectedError):
        mallory.delete()
    Membership.objects.filter(user=mallory).delete()
    own.activities.all().delete()
    own.delete()
    mallory.delete()
    assert told("actor", "about", "actor_name", "deed", "notebook_title") == [
        (None, None, "Mallory <mallory@example.org>", Deed.BEGUN, "Own"),
        (None, None, "Mallory <mallory@example.org>", Deed.DELETED, "Own"),
    ]
