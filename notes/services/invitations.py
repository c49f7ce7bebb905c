"""Every write to invitations. Rules as in services.notebooks.

The token is a secret of 256 bits that only its link holds; the database has its SHA-256, so that a stolen copy of the
database invites nobody.
"""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from core.accounts.models import User
from core.accounts.services import lock_account
from core.lib.errors import Invalid, NotFound
from notes.access import abilities
from notes.errors import InvitationExpired, InvitationRevoked, InvitationUsed
from notes.models import Invitation, Membership, Notebook, Role, Verb
from notes.services import audit, trees
from notes.services.activity import record
from notes.services.rights import require

GOOD_FOR = timedelta(days=7)


@transaction.atomic
def invite(actor: User, *, notebook: Notebook, role: Role, email: str = "") -> tuple[Invitation, str]:
    """Returns the invitation and its token, which nobody can ask for again."""
    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "share")
    if role not in Role.values:
        raise Invalid("There is no such role.")
    email = email.strip()
    if email:
        _check_email(email)
    token = secrets.token_urlsafe(32)
    invitation: Invitation = Invitation.objects.create(
        notebook=notebook,
        email=email,
        role=role,
        token_hash=_hash(token),
        created_by=actor,
        expires_at=timezone.now() + GOOD_FOR,
    )
    audit.member(actor, audit.Deed.INVITED, notebook, after=role, to=email)
    return invitation, token


def find(token: str) -> Invitation:
    """The invitation that a link stands for, if it may still be accepted.

    Raises NotFound for a token that never was or a notebook that is no more, else the InvitationError that tells why.
    """
    invitation = Invitation.objects.select_related("notebook", "created_by").filter(token_hash=_hash(token)).first()
    if invitation is None or invitation.notebook.deleted_at:
        raise NotFound
    _check_usable(invitation)
    return invitation


@transaction.atomic
def accept(actor: User, *, token: str) -> Membership:
    """Makes the actor a member. Who is one already keeps the stronger of the two roles."""
    actor = lock_account(actor)
    trees.lock(find(token).notebook)
    # Again, under the lock: the other click may have been quicker.
    invitation = find(token)
    invitation.accepted_by, invitation.accepted_at = actor, timezone.now()
    invitation.save(update_fields=["accepted_by", "accepted_at"])
    return _join(actor, invitation.notebook, Role(invitation.role))


@transaction.atomic
def revoke(actor: User, invitation: Invitation) -> Invitation:
    trees.lock(invitation.notebook)
    invitation = Invitation.objects.select_related("notebook").get(pk=invitation.pk)
    require(actor, invitation.notebook, "share")
    if invitation.accepted_at:
        raise InvitationUsed(invitation)
    withdraw(actor, invitation)
    return invitation


def withdraw(actor: User, invitation: Invitation) -> None:
    """Without asking for rights, and under the lock of its tree: for services that have done so."""
    if not invitation.revoked_at:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        to = invitation.email
        audit.member(actor, audit.Deed.INVITATION_WITHDRAWN, invitation.notebook, before=invitation.role, to=to)


def _join(actor: User, notebook: Notebook, role: Role) -> Membership:
    before = trees.roles_in(notebook).get(actor.pk)
    membership: Membership
    membership, is_new = Membership.objects.get_or_create(notebook=notebook, user=actor, defaults={"role": role})
    if is_new:
        audit.member(actor, audit.Deed.JOINED, notebook, actor, after=role)
    elif membership.role < role:
        audit.member(actor, audit.Deed.ROLE_CHANGED, notebook, actor, before=membership.role, after=role)
        membership.role = role
        membership.save(update_fields=["role"])
    if before is None:
        trees.access_changed(notebook)
        record(actor, Verb.MEMBER_JOINED, notebook=notebook, data={"role": role.label})
    elif before < role:
        trees.access_changed(notebook)
        data = {"member": str(actor), "member_key": actor.pk, "role": role.label}
        record(actor, Verb.ROLE_CHANGED, notebook=notebook, data=data)
    return membership


def _check_usable(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise InvitationUsed(invitation)
    # An owner who was put out must not leave a door behind.
    if invitation.revoked_at or not abilities(invitation.created_by, invitation.notebook).share:
        raise InvitationRevoked(invitation)
    if invitation.expires_at <= timezone.now():
        raise InvitationExpired(invitation)


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid("This is not an e-mail address.") from None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
