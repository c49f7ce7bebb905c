"""Every write to memberships, but for their beginning (see invitations). Rules as in services.notebooks.

An outermost notebook always keeps an owner of its own who can sign in. A nested one may have none: then the owners of
those around it are its owners.
"""

from django.db import transaction

from core.accounts.models import User
from core.lib.errors import Invalid, NotFound
from notes.models import Membership, Notebook, Role, Verb
from notes.services import audit, trees
from notes.services.activity import record
from notes.services.rights import require


@transaction.atomic
def change_role(actor: User, membership: Membership, *, role: Role) -> Membership:
    membership = lock(membership)
    require(actor, membership.notebook, "share")
    return put_role(actor, membership, role)


@transaction.atomic
def remove(actor: User, membership: Membership) -> None:
    membership = lock(membership)
    require(actor, membership.notebook, "share")
    end(actor, membership)


@transaction.atomic
def leave(actor: User, notebook: Notebook) -> None:
    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "read")
    membership = Membership.objects.filter(notebook=notebook, user=actor).select_related("notebook", "user").first()
    if membership is None:
        raise Invalid("You are here as a member of a notebook around this one. Leave that.")
    end(actor, membership)


def must_leave_an_owner(membership: Membership) -> None:
    """Raises Invalid when an outermost notebook would have no owner without this one who can sign in."""
    notebook = membership.notebook
    if notebook.parent_id or membership.role != Role.OWNER:
        return
    others = Membership.objects.filter(notebook=notebook).owners().exclude(pk=membership.pk)
    if not others.exists():
        raise Invalid("A notebook needs an owner. Make somebody else an owner first.")


# --- Without asking for rights, and under the lock of the tree: for services that have done so -----------------------


def lock(membership: Membership) -> Membership:
    """The membership as it is now, its tree locked until the commit."""
    trees.lock(membership.notebook)
    fresh: Membership | None = Membership.objects.select_related("notebook", "user").filter(pk=membership.pk).first()
    if fresh is None:
        raise NotFound
    return fresh


def put_role(actor: User, membership: Membership, role: Role) -> Membership:
    if role not in Role.values:
        raise Invalid("There is no such role.")
    if membership.role == role:
        return membership
    if role != Role.OWNER:
        must_leave_an_owner(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    notebook, member = membership.notebook, membership.user
    trees.access_changed(notebook)
    audit.member(actor, audit.Deed.ROLE_CHANGED, notebook, member, before=before, after=role)
    data = {"member": str(member), "member_key": member.pk, "role": Role(role).label}
    record(actor, Verb.ROLE_CHANGED, notebook=notebook, data=data)
    return membership


def end(actor: User, membership: Membership) -> None:
    must_leave_an_owner(membership)
    notebook, member = membership.notebook, membership.user
    membership.delete()
    trees.access_changed(notebook)
    deed = audit.Deed.LEFT if member == actor else audit.Deed.REMOVED
    audit.member(actor, deed, notebook, member, before=membership.role)
    data = {} if member == actor else {"member": str(member), "member_key": member.pk}
    record(actor, Verb.MEMBER_LEFT, notebook=notebook, data=data)
