"""What those who run the server do in notebooks that are not theirs: mend who is in, and bring back what was deleted.

They need no role there, but the permission of the admin to change such things. All else is as when an owner does it:
the same rules, lines of the feed, and word to open sockets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from core.accounts.models import User
from core.lib.errors import Invalid, NotAllowed
from notes.models import Invitation, Membership, Note, Notebook, Role, Verb
from notes.services import audit, invitations, memberships, notebooks, notes, trees
from notes.services.activity import record


@dataclass(frozen=True, slots=True)
class Wish:
    """A person's role in one notebook, as it is to be; None: none of their own."""

    user: User
    role: Role | None


@transaction.atomic
def mend_members(actor: User, notebook: Notebook, wishes: Sequence[Wish]) -> None:
    """All of them or none. Whoever is to be more comes first, so that the last owner can be replaced."""
    _require(actor, "notes.change_notebook")
    (notebook,) = trees.lock(notebook)
    # Each change writes a line of the feed, and what comes after such a line may wait for no note any more.
    trees.lock_notes(Note.objects.within(notebook))
    members = {each.user_id: each for each in Membership.objects.around(notebook).filter(notebook=notebook)}
    for wish in sorted(wishes, key=lambda wish: -(wish.role or 0)):
        membership = members.get(wish.user.pk)
        if membership is None and wish.role is not None:
            _add(actor, notebook, wish.user, wish.role)
        elif membership is not None and wish.role is None:
            memberships.end(actor, membership)
        elif membership is not None and wish.role is not None:
            memberships.put_role(actor, membership, wish.role)


@transaction.atomic
def restore_notebook(actor: User, notebook: Notebook) -> Notebook:
    _require(actor, "notes.change_notebook")
    (notebook,) = trees.lock(notebook)
    return notebooks.bring_back(actor, notebook)


@transaction.atomic
def restore_note(actor: User, note: Note) -> Note:
    _require(actor, "notes.change_note")
    note, _ = trees.lock_note(note)
    return notes.bring_back(actor, note)


@transaction.atomic
def withdraw_invitation(actor: User, invitation: Invitation) -> bool:
    """Whether it was still good."""
    _require(actor, "notes.change_invitation")
    trees.lock(invitation.notebook)
    pending: Invitation | None = (
        Invitation.objects.pending().select_related("notebook").filter(pk=invitation.pk).first()
    )
    if pending is not None:
        invitations.withdraw(actor, pending)
    return pending is not None


def _add(actor: User, notebook: Notebook, user: User, role: Role) -> None:
    if not user.is_active:
        raise Invalid(f"The account of {user} is deactivated.")
    Membership.objects.create(notebook=notebook, user=user, role=role)
    trees.access_changed(notebook)
    audit.member(actor, audit.Deed.ADDED, notebook, user, after=role)
    # In the feed it is the new member who comes in: its readers do not know who runs the server.
    record(user, Verb.MEMBER_JOINED, notebook=notebook, data={"role": Role(role).label})


def _require(actor: User, permission: str) -> None:
    # As the account is now: an operator may have been put out since the page was asked for.
    fresh = User.objects.filter(pk=actor.pk, is_active=True, is_staff=True).first()
    if fresh is None or not fresh.has_perm(permission):
        raise NotAllowed("You may not change this.")
