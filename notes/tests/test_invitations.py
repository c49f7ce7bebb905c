"""Invitations: a secret link, good once, for a week."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from core.accounts.models import User
from notes.access import abilities
from notes.errors import (
    Invalid,
    InvitationError,
    InvitationExpired,
    InvitationRevoked,
    InvitationUsed,
    NotAllowed,
    NotFound,
)
from notes.models import Activity, Invitation, Membership, Note, Notebook, Role, Verb
from notes.services import invitations, memberships, notebooks

pytestmark = pytest.mark.django_db


def test_a_guest_becomes_what_the_invitation_says(ada: User, mallory: User, course: Notebook) -> None:
    invitation, token = invitations.invite(ada, notebook=course, role=Role.COMMENTER, email=" mallory@example.org ")
    membership = invitations.accept(mallory, token=token)
    assert (membership.notebook, membership.user, membership.role) == (course, mallory, Role.COMMENTER)
    assert abilities(mallory, course).comment
    invitation.refresh_from_db()
    assert (invitation.email, invitation.accepted_by) == ("mallory@example.org", mallory)
    line = Activity.objects.newest_first()[0]
    assert (line.actor, line.verb, line.data) == (mallory, Verb.MEMBER_JOINED, {"role": "commenter"})


def test_only_the_hash_of_the_token_is_kept(ada: User, course: Notebook) -> None:
    invitation, token = invitations.invite(ada, notebook=course, role=Role.VIEWER)
    assert len(token) >= 43  # 256 bits
    kept = {str(value) for value in Invitation.objects.values().get(pk=invitation.pk).values()}
    assert not any(token in value for value in kept)
    assert bytes(Invitation.objects.get(pk=invitation.pk).token_hash) == hashlib.sha256(token.encode()).digest()


def test_the_link_shows_what_it_is_for(ada: User, course: Notebook) -> None:
    invitation, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    found = invitations.find(token)
    assert (found, found.notebook, found.role) == (invitation, course, Role.EDITOR)


@pytest.mark.parametrize("token", ["", "wrong", "ÿ" * 43, "\ud800", "\x00", "a" * 100_000])
def test_a_wrong_token_leads_nowhere(mallory: User, course: Notebook, token: str) -> None:
    with pytest.raises(NotFound):
        invitations.find(token)
    with pytest.raises(NotFound):
        invitations.accept(mallory, token=token)


def test_it_is_good_once(ada: User, mallory: User, course: Notebook) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    invitations.accept(mallory, token=token)
    somebody = User.objects.create_user("somebody@example.org", display_name="Somebody")
    for user in (somebody, mallory):
        with pytest.raises(InvitationUsed) as refusal:
            invitations.accept(user, token=token)
        assert refusal.value.invitation.notebook == course


def test_it_does_not_bring_back_who_was_put_out(ada: User, mallory: User, course: Notebook) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    memberships.remove(ada, invitations.accept(mallory, token=token))
    with pytest.raises(InvitationUsed):
        invitations.accept(mallory, token=token)
    assert not abilities(mallory, course).read


def test_it_is_good_for_a_week(ada: User, mallory: User, course: Notebook) -> None:
    invitation, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    left = invitation.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    with pytest.raises(InvitationExpired):
        invitations.accept(mallory, token=token)
    assert not Invitation.objects.pending().exists()


def test_it_can_be_withdrawn(ada: User, mallory: User, course: Notebook) -> None:
    invitation, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    assert list(Invitation.objects.pending()) == [invitation]
    invitations.revoke(ada, invitation)
    invitations.revoke(ada, invitation)
    with pytest.raises(InvitationRevoked):
        invitations.accept(mallory, token=token)
    assert not Invitation.objects.pending().exists()


def test_a_used_one_cannot_be_withdrawn(ada: User, mallory: User, course: Notebook) -> None:
    invitation, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    invitations.accept(mallory, token=token)
    with pytest.raises(InvitationUsed):
        invitations.revoke(ada, invitation)


def test_it_falls_with_the_owner_who_made_it(ada: User, ben: User, mallory: User, course: Notebook) -> None:
    hers = Membership.objects.get(notebook=course, user=ben)
    memberships.change_role(ada, hers, role=Role.OWNER)
    _, token = invitations.invite(ben, notebook=course, role=Role.OWNER)
    memberships.change_role(ada, hers, role=Role.EDITOR)
    with pytest.raises(InvitationRevoked):
        invitations.accept(mallory, token=token)


def test_the_stronger_role_stays(ada: User, ben: User, course: Notebook) -> None:
    _, weaker = invitations.invite(ada, notebook=course, role=Role.VIEWER)
    assert invitations.accept(ben, token=weaker).role == Role.EDITOR
    lines = Activity.objects.count()
    _, stronger = invitations.invite(ada, notebook=course, role=Role.OWNER)
    assert invitations.accept(ben, token=stronger).role == Role.OWNER
    line = Activity.objects.newest_first()[0]
    assert (line.verb, line.data) == (Verb.ROLE_CHANGED, {"member": "Ben", "member_key": ben.pk, "role": "owner"})
    assert Activity.objects.count() == lines + 1


def test_an_inherited_role_stays_too(ada: User, ben: User, networking: Notebook, handshake: Note) -> None:
    _, token = invitations.invite(ada, notebook=networking, role=Role.VIEWER)
    invitations.accept(ben, token=token)
    assert abilities(ben, networking).role == Role.EDITOR
    handshake.refresh_from_db()
    assert handshake.access_epoch == 1


def test_an_open_page_learns_of_a_stronger_role(ada: User, cleo: User, course: Notebook, handshake: Note) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    invitations.accept(cleo, token=token)
    handshake.refresh_from_db()
    assert handshake.access_epoch == 2


def test_of_a_deleted_notebook_nothing_is_told(ada: User, mallory: User, course: Notebook) -> None:
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    notebooks.delete(ada, course)
    with pytest.raises(NotFound):
        invitations.accept(mallory, token=token)
    notebooks.restore(ada, course)
    invitations.accept(mallory, token=token)


def test_a_closed_account_joins_nothing(ada: User, mallory: User, course: Notebook) -> None:
    invitation, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    User.objects.filter(pk=mallory.pk).update(is_active=False)  # `mallory` does not know yet
    with pytest.raises(NotAllowed):
        invitations.accept(mallory, token=token)
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_addresses_and_roles_are_checked(ada: User, course: Notebook) -> None:
    with pytest.raises(Invalid, match="e-mail"):
        invitations.invite(ada, notebook=course, role=Role.EDITOR, email="not an address")
    with pytest.raises(Invalid, match="role"):
        invitations.invite(ada, notebook=course, role=35)  # type: ignore[arg-type]
    assert not Invitation.objects.exists()


def test_the_three_ends_have_one_name(course: Notebook) -> None:
    assert issubclass(InvitationError, Invalid)
    for end in (InvitationUsed, InvitationExpired, InvitationRevoked):
        assert issubclass(end, InvitationError)
        assert end.message
