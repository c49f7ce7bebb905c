"""Somebody deletes their account: what becomes of what they made together with others.

What they wrote in notes of others stays, as a former member's. A notebook that nobody else owns is handed over to one
who writes there, or erased: whoever goes says which, for each. All of it happens together, or none of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from core.accounts.models import User
from core.accounts.services import NAMELESS, lock_account, make_nameless, own_addresses
from core.lib.errors import Invalid
from notes.models import Activity, Export, Invitation, Membership, Note, Notebook, Role, Verb
from notes.services import audit, invitations, memberships, notebooks, trees
from notes.services.activity import record

NAMING = (Verb.ROLE_CHANGED, Verb.MEMBER_LEFT)  # lines that name somebody besides their actor

type Heirs = Mapping[int, User | None]


@dataclass(frozen=True, slots=True)
class Holding:
    """An outermost notebook of which nobody else is an owner who can sign in."""

    notebook: Notebook
    notes: int  # in it and in all that is nested in it, deleted ones too
    others: int  # members besides
    heirs: tuple[User, ...]  # those of them who write there


def holdings(user: User) -> list[Holding]:
    """What somebody has to decide about who wants to go; also notebooks that are archived or deleted."""
    owned = Notebook.objects.filter(parent=None, memberships__user=user, memberships__role=Role.OWNER)
    return [_holding(user, notebook) for notebook in owned.order_by("title", "pk") if not _other_owners(user, notebook)]


@transaction.atomic
def depart(user: User, *, heirs: Heirs) -> None:
    """`heirs`: for the key of each notebook of `holdings`, who owns it from now on; None: it is erased.

    Raises Invalid when one is not decided, or when the heir may not be it any more.
    """
    user = lock_account(user)
    trees.lock(*Notebook.objects.filter(memberships__user=user).order_by("pk"))
    known = _places(user)
    for holding in holdings(user):
        _decide(user, holding, heirs)
    _withdraw_invitations(user)
    Export.objects.filter(requested_by=user).delete()
    for notebook in _leave(user):
        record(user, Verb.MEMBER_LEFT, notebook=notebook)
    _take_out_of_lines(user, known)
    # Last: whoever writes a line holds the counter of lines and then the row of its author, so this goes the same way.
    make_nameless(user)


def _holding(user: User, notebook: Notebook) -> Holding:
    others = Membership.objects.filter(notebook=notebook, user__is_active=True).exclude(user=user)
    writers = others.filter(role__gte=Role.EDITOR).select_related("user").order_by("created_at", "pk")
    return Holding(
        notebook=notebook,
        notes=Note.objects.within(notebook).count(),
        others=Membership.objects.filter(notebook__path__startswith=notebook.path, user__is_active=True)
        .exclude(user=user)
        .values("user")
        .distinct()
        .count(),
        heirs=tuple(membership.user for membership in writers),
    )


def _other_owners(user: User, notebook: Notebook) -> bool:
    return bool(Membership.objects.filter(notebook=notebook).owners().exclude(user=user).exists())


def _decide(user: User, holding: Holding, heirs: Heirs) -> None:
    notebook = holding.notebook
    if notebook.pk not in heirs:
        raise Invalid(f"Say what becomes of “{notebook}”: nobody else owns it.")
    heir = heirs[notebook.pk]
    if heir is None:
        notebooks.erase(user, notebook)
        return
    if heir not in holding.heirs:
        raise Invalid(f"“{notebook}” cannot be handed over to {heir}, who does not write there any more.")
    memberships.put_role(
        user, Membership.objects.select_related("notebook", "user").get(notebook=notebook, user=heir), Role.OWNER
    )


def _withdraw_invitations(user: User) -> None:
    """Links that they made lead nowhere any more; and nobody reads their address beside a link that they used."""
    for invitation in Invitation.objects.filter(created_by=user, accepted_at=None).select_related("notebook"):
        invitations.withdraw(user, invitation)
    addressed = Q(accepted_by=user)
    for address in own_addresses(user):
        addressed |= Q(email__iexact=address)
    Invitation.objects.filter(addressed).update(email="")


def _leave(user: User) -> list[Notebook]:
    """All that is left of their memberships. Returns where they were."""
    left = list(Membership.objects.filter(user=user).select_related("notebook").order_by("notebook_id"))
    Membership.objects.filter(pk__in=[membership.pk for membership in left]).delete()
    for membership in left:
        audit.member(user, audit.Deed.LEFT, membership.notebook, user, before=membership.role)
        trees.access_changed(membership.notebook)
    return [membership.notebook for membership in left]


def _places(user: User) -> set[int]:
    """Keys of all notebooks in which they are known to be, or to have been."""
    here = Membership.objects.filter(user=user).values_list("notebook", flat=True)
    before = Invitation.objects.filter(accepted_by=user).values_list("notebook", flat=True)
    begun = Notebook.objects.filter(created_by=user).values_list("pk", flat=True)
    return {*here, *before, *begun}


def _take_out_of_lines(user: User, places: set[int]) -> None:
    """Lines of the feed in which others made them something, or put them out. Old ones know the name only."""
    by_name = Q(data__member=str(user), data__member_key__isnull=True, notebook__in=places)
    for line in Activity.objects.filter(Q(data__member_key=user.pk) | by_name, verb__in=NAMING):
        Activity.objects.filter(pk=line.pk).update(data={**line.data, "member": NAMELESS})
