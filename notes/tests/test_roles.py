"""Each service, asked by each role, directly and by inheritance: who may, who may not, and who must not even know."""

from collections.abc import Callable
from typing import Any

import pytest

from core.accounts.models import User
from notes.errors import NotAllowed, NotFound
from notes.models import Membership, Note, Notebook, Role
from notes.services import invitations, memberships, notebooks, notes

pytestmark = pytest.mark.django_db

type Deed = Callable[[User, Notebook, Note], Any]


def change_role(actor: User, notebook: Notebook, note: Note) -> Any:
    return memberships.change_role(actor, _bystander(notebook), role=Role.COMMENTER)


def remove(actor: User, notebook: Notebook, note: Note) -> Any:
    memberships.remove(actor, _bystander(notebook))


def revoke(actor: User, notebook: Notebook, note: Note) -> Any:
    invitation, _ = invitations.invite(notebook.created_by, notebook=notebook, role=Role.VIEWER)
    return invitations.revoke(actor, invitation)


def _bystander(notebook: Notebook) -> Membership:
    user = User.objects.create_user("bystander@example.org", display_name="Bystander")
    membership: Membership = Membership.objects.create(notebook=notebook, user=user, role=Role.VIEWER)
    return membership


# The deed and the least role that may do it.
DEEDS: dict[str, tuple[Role, Deed]] = {
    "nest a notebook": (Role.EDITOR, lambda actor, nb, _: notebooks.create(actor, title="Inside", parent=nb)),
    "describe a notebook": (
        Role.EDITOR,
        lambda actor, nb, _: notebooks.update(actor, nb, title="Other", description="", cloth=2),
    ),
    "archive a notebook": (Role.EDITOR, lambda actor, nb, _: notebooks.archive(actor, nb)),
    "unarchive a notebook": (Role.EDITOR, lambda actor, nb, _: notebooks.unarchive(actor, nb)),
    "delete a notebook": (Role.OWNER, lambda actor, nb, _: notebooks.delete(actor, nb)),
    "restore a notebook": (Role.OWNER, lambda actor, nb, _: notebooks.restore(actor, nb)),
    "begin a note": (Role.EDITOR, lambda actor, nb, _: notes.create(actor, notebook=nb, title="New")),
    "rename a note": (Role.EDITOR, lambda actor, _, note: notes.rename(actor, note, title="Other")),
    "order notes": (Role.EDITOR, lambda actor, nb, note: notes.move(actor, note, notebook=nb, position=0)),
    "archive a note": (Role.EDITOR, lambda actor, _, note: notes.archive(actor, note)),
    "unarchive a note": (Role.EDITOR, lambda actor, _, note: notes.unarchive(actor, note)),
    "delete a note": (Role.EDITOR, lambda actor, _, note: notes.delete(actor, note)),
    "restore a note": (Role.EDITOR, lambda actor, _, note: notes.restore(actor, note)),
    "change a role": (Role.OWNER, change_role),
    "remove a member": (Role.OWNER, remove),
    "invite": (Role.OWNER, lambda actor, nb, _: invitations.invite(actor, notebook=nb, role=Role.OWNER)),
    "withdraw an invitation": (Role.OWNER, revoke),
}


@pytest.fixture(params=["of the notebook", "of the one around it"])
def role_given_in(request: pytest.FixtureRequest, course: Notebook, networking: Notebook) -> Notebook:
    return networking if request.param == "of the notebook" else course


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("role", [None, *Role])
def test_a_role_may_do_what_it_is_for_and_no_more(
    deed: str, role: Role | None, role_given_in: Notebook, networking: Notebook, handshake: Note, mallory: User
) -> None:
    if role is not None:
        Membership.objects.create(notebook=role_given_in, user=mallory, role=role)
    least, do = DEEDS[deed]
    if role is None:
        with pytest.raises(NotFound):
            do(mallory, networking, handshake)
    elif role < least:
        with pytest.raises(NotAllowed):
            do(mallory, networking, handshake)
    else:
        do(mallory, networking, handshake)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_closed_account_may_do_nothing(deed: str, networking: Notebook, handshake: Note, ben: User) -> None:
    Membership.objects.create(notebook=networking, user=ben, role=Role.OWNER)
    User.objects.filter(pk=ben.pk).update(is_active=False)  # `ben` here is as old as an open socket's user
    with pytest.raises(NotFound):
        DEEDS[deed][1](ben, networking, handshake)


def test_a_closed_account_begins_no_notebook(mallory: User) -> None:
    User.objects.filter(pk=mallory.pk).update(is_active=False)  # `mallory` does not know yet
    with pytest.raises(NotAllowed):
        notebooks.create(mallory, title="Mine")


def test_who_begins_a_notebook_owns_it(mallory: User) -> None:
    notebook = notebooks.create(mallory, title="Mine")
    assert Membership.objects.get(notebook=notebook).role == Role.OWNER


def test_who_begins_a_nested_notebook_gets_no_role_by_it(ben: User, course: Notebook) -> None:
    nested = notebooks.create(ben, title="Databases", parent=course)
    assert not Membership.objects.filter(notebook=nested).exists()
    with pytest.raises(NotAllowed):
        invitations.invite(ben, notebook=nested, role=Role.VIEWER)
