"""What operators change in notebooks goes through services: sockets, the feed and the log of changes hear of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client

from core.accounts.models import AuditEntry, Deed, User
from core.admin.tests.conftest import SignIn
from notes.access import abilities
from notes.events import AccessChanged
from notes.models import Activity, Invitation, Membership, Note, Notebook, Role, Verb
from notes.services import history, invitations, notebooks, notes
from notes.tests.logs import write

type Heard = Callable[[type], list[Any]]

NOTEBOOKS, NOTES = "/admin/notes/notebook/", "/admin/notes/note/"


def put(client: Client, notebook: Notebook, *wishes: tuple[User, Role | None]) -> str:
    """Saves the form of a notebook, with the members as they are but for these wishes."""
    wanted = dict(wishes)
    members = list(Membership.objects.filter(notebook=notebook).select_related("user").order_by("pk"))
    rows: list[dict[str, Any]] = []
    for member in members:
        role = wanted.pop(member.user, Role(member.role))
        leaving = {"DELETE": "on"} if role is None else {}
        rows.append({"id": member.pk, "user": member.user_id, "role": role or member.role, **leaving})
    rows += [{"id": "", "user": user.pk, "role": role} for user, role in wanted.items()]
    form: dict[str, Any] = {"memberships-TOTAL_FORMS": len(rows), "memberships-INITIAL_FORMS": len(members)}
    for number, row in enumerate(rows):
        form |= {f"memberships-{number}-{name}": value for name, value in {**row, "notebook": notebook.pk}.items()}
    return client.post(f"{NOTEBOOKS}{notebook.pk}/change/", form, follow=True).content.decode()


def newest(notebook: Notebook) -> tuple[Any, ...]:
    line = Activity.objects.filter(notebook=notebook).order_by("-cursor")[0]
    return line.verb, line.actor, line.data


def told() -> list[tuple[Any, ...]]:
    rows = AuditEntry.objects.filter(door="admin").order_by("pk")
    return list(rows.values_list("actor__display_name", "deed", "about__display_name", "before", "after"))


@pytest.mark.django_db(transaction=True)
def test_a_member_is_added(operator: Client, mallory: User, course: Notebook, handshake: Note, heard: Heard) -> None:
    changed = heard(AccessChanged)
    put(operator, course, (mallory, Role.EDITOR))
    assert abilities(mallory, handshake).write
    assert handshake.pk in changed[-1].note_ids
    assert newest(course) == (Verb.MEMBER_JOINED, mallory, {"role": "editor"})
    assert told() == [("Root", Deed.ADDED, "Mallory", "", "editor")]


@pytest.mark.django_db(transaction=True)
def test_a_role_is_changed(
    operator: Client, root: User, ben: User, course: Notebook, handshake: Note, heard: Heard
) -> None:
    changed = heard(AccessChanged)
    put(operator, course, (ben, Role.VIEWER))
    assert not abilities(ben, handshake).write
    assert handshake.pk in changed[-1].note_ids
    assert newest(course) == (Verb.ROLE_CHANGED, root, {"member": "Ben", "member_key": ben.pk, "role": "viewer"})
    assert told() == [("Root", Deed.ROLE_CHANGED, "Ben", "editor", "viewer")]


@pytest.mark.django_db(transaction=True)
def test_a_member_is_removed(
    operator: Client, root: User, ben: User, course: Notebook, handshake: Note, heard: Heard
) -> None:
    changed = heard(AccessChanged)
    put(operator, course, (ben, None))
    assert not abilities(ben, handshake).read
    assert handshake.pk in changed[-1].note_ids
    assert newest(course) == (Verb.MEMBER_LEFT, root, {"member": "Ben", "member_key": ben.pk})
    assert told() == [("Root", Deed.REMOVED, "Ben", "editor", "")]


def test_nothing_changed_tells_nothing(operator: Client, course: Notebook) -> None:
    lines = Activity.objects.count()
    put(operator, course)
    assert (Activity.objects.count(), told()) == (lines, [])


def test_the_last_owner_is_replaced_in_one_go(operator: Client, ada: User, mallory: User, course: Notebook) -> None:
    put(operator, course, (ada, None), (mallory, Role.OWNER))
    assert abilities(mallory, course).share
    assert not abilities(ada, course).read


def test_who_has_no_account_any_more_is_not_added(operator: Client, mallory: User, course: Notebook) -> None:
    User.objects.filter(pk=mallory.pk).update(is_active=False)
    assert "The account of Mallory is deactivated." in put(operator, course, (mallory, Role.EDITOR))
    assert not Membership.objects.filter(user=mallory).exists()


def test_another_operator_s_permission_suffices(
    otto: User, sign_in: SignIn, ben: User, course: Notebook, handshake: Note
) -> None:
    put(sign_in(otto), course, (ben, None))
    assert told() == [("Otto", Deed.REMOVED, "Ben", "editor", "")]


def test_who_may_only_look_changes_nothing(otto: User, sign_in: SignIn, ben: User, course: Notebook) -> None:
    otto.user_permissions.remove(otto.user_permissions.get(codename="change_notebook"))
    client = sign_in(otto)
    page = client.get(f"{NOTEBOOKS}{course.pk}/change/").content.decode()
    assert "Ben" in page
    assert "memberships-0-role" not in page
    put(client, course, (ben, None))
    assert Membership.objects.filter(user=ben).exists()


def test_deleted_notebooks_and_notes_are_brought_back(
    operator: Client, ada: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    notebooks.delete(ada, networking)
    other = notes.create(ada, notebook=course, title="Other")
    notes.delete(ada, other)
    for url, thing in ((NOTEBOOKS, networking), (NOTES, other)):
        form = {"action": "restore", "_selected_action": [thing.pk]}
        assert "1 brought back." in operator.post(url, form, follow=True).content.decode()
        thing.refresh_from_db()
        assert thing.deleted_at is None
    handshake.refresh_from_db()
    assert handshake.deleted_at is None
    assert [row[:2] for row in told()] == [("Root", Deed.RESTORED), ("Root", Deed.RESTORED)]


def test_what_lies_in_a_deleted_notebook_does_not_come_back_alone(
    operator: Client, ada: User, networking: Notebook, handshake: Note
) -> None:
    notebooks.delete(ada, networking)
    form = {"action": "restore", "_selected_action": [handshake.pk]}
    assert "Bring that back first." in operator.post(NOTES, form, follow=True).content.decode()


def test_withdrawn_invitations_are_written_down(operator: Client, ada: User, course: Notebook) -> None:
    invitation, _ = invitations.invite(ada, notebook=course, role=Role.VIEWER, email="m@example.org")
    operator.post("/admin/notes/invitation/", {"action": "withdraw", "_selected_action": [invitation.pk]})
    assert Invitation.objects.exclude(revoked_at=None).exists()
    assert told() == [("Root", Deed.INVITATION_WITHDRAWN, None, "viewer", "m@example.org")]


def test_a_note_shows_whose_it_is_and_how_large_but_no_word_of_it(
    operator: Client, ada: User, networking: Notebook
) -> None:
    note = notes.create(ada, notebook=networking, title="Secret", text="Nobody in passing reads this.")
    note.refresh_from_db()
    for url in (f"{NOTES}{note.pk}/change/", NOTES, f"{NOTEBOOKS}{networking.pk}/change/"):
        page = operator.get(url).content.decode()
        assert "in passing" not in page
    page = operator.get(f"{NOTES}{note.pk}/change/").content.decode()
    assert ">Ada<" in page
    assert "bytes" in page


def test_what_is_in_quarantine_is_shown_with_the_reason(operator: Client, ada: User, handshake: Note) -> None:
    write(handshake, [ada], 1)
    assert handshake.title not in operator.get(NOTES, {"quarantines__isempty": "0"}).content.decode()
    history.quarantine(handshake.pk, [2], "It cannot be replayed: the update is malformed.")
    for url in (f"{NOTES}{handshake.pk}/change/", "/admin/notes/quarantine/"):
        assert "the update is malformed" in operator.get(url).content.decode()
    assert handshake.title in operator.get(NOTES, {"quarantines__isempty": "0"}).content.decode()


def test_djangos_own_log_names_no_member(
    operator: Client, ada: User, ben: User, mallory: User, course: Notebook
) -> None:
    put(operator, course, (mallory, Role.VIEWER))
    put(operator, course, (ben, Role.VIEWER))
    put(operator, course, (mallory, None))
    lines = LogEntry.objects.all()
    assert [(line.object_id, line.action_flag) for line in lines] == [(str(course.pk), CHANGE)] * 3
    for line in lines:
        said = f"{line.object_repr} {line.change_message} {line.get_change_message()}"
        assert [user for user in (ada, ben, mallory) if user.display_name in said or user.email in said] == []
    assert [line[1:3] for line in told()] == [
        *((Deed.ADDED, "Mallory"), (Deed.ROLE_CHANGED, "Ben"), (Deed.REMOVED, "Mallory"))
    ]
