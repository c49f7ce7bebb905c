"""An outermost notebook always has an owner who can sign in; members leave and are put out."""

import pytest
from django.db.models import ProtectedError

from core.accounts.models import User
from notes.access import abilities
from notes.errors import Invalid, NotAllowed, NotFound
from notes.models import Activity, Membership, Note, Notebook, Role, Verb
from notes.services import memberships

pytestmark = pytest.mark.django_db


def of(user: User, notebook: Notebook) -> Membership:
    membership: Membership = Membership.objects.get(notebook=notebook, user=user)
    return membership


def test_the_last_owner_stays(ada: User, course: Notebook) -> None:
    with pytest.raises(Invalid, match="needs an owner"):
        memberships.leave(ada, course)
    with pytest.raises(Invalid, match="needs an owner"):
        memberships.remove(ada, of(ada, course))
    with pytest.raises(Invalid, match="needs an owner"):
        memberships.change_role(ada, of(ada, course), role=Role.EDITOR)
    assert of(ada, course).role == Role.OWNER


def test_one_of_two_owners_may_go(ada: User, ben: User, course: Notebook) -> None:
    memberships.change_role(ada, of(ben, course), role=Role.OWNER)
    memberships.leave(ada, course)
    assert not abilities(ada, course).read
    with pytest.raises(Invalid):
        memberships.leave(ben, course)


def test_an_owner_whose_account_is_closed_does_not_count(ada: User, ben: User, course: Notebook) -> None:
    memberships.change_role(ada, of(ben, course), role=Role.OWNER)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    with pytest.raises(Invalid):
        memberships.leave(ada, course)


def test_a_nested_notebook_needs_no_owner_of_its_own(ada: User, ben: User, networking: Notebook) -> None:
    hers = Membership.objects.create(notebook=networking, user=ben, role=Role.OWNER)
    memberships.change_role(ada, hers, role=Role.VIEWER)
    memberships.change_role(ada, hers, role=Role.OWNER)
    memberships.leave(ben, networking)
    assert abilities(ada, networking).share
    assert not abilities(ben, networking).share


def test_who_is_here_by_inheritance_leaves_elsewhere(ben: User, course: Notebook, networking: Notebook) -> None:
    with pytest.raises(Invalid, match="around this one"):
        memberships.leave(ben, networking)
    memberships.leave(ben, course)
    assert not abilities(ben, networking).read


def test_a_stranger_leaves_nothing(mallory: User, course: Notebook) -> None:
    with pytest.raises(NotFound):
        memberships.leave(mallory, course)


def test_an_owner_of_a_nested_notebook_has_no_say_around_it(
    ben: User, cleo: User, course: Notebook, networking: Notebook
) -> None:
    Membership.objects.create(notebook=networking, user=ben, role=Role.OWNER)
    with pytest.raises(NotAllowed):
        memberships.remove(ben, of(cleo, course))


def test_a_membership_ends_once(ada: User, cleo: User, course: Notebook) -> None:
    hers = of(cleo, course)
    memberships.remove(ada, hers)
    gone = Membership(pk=-1, notebook=course, user=cleo)
    with pytest.raises(NotFound):
        memberships.remove(ada, gone)
    with pytest.raises(NotFound):
        memberships.change_role(ada, gone, role=Role.EDITOR)


def test_there_are_four_roles(ada: User, cleo: User, course: Notebook) -> None:
    with pytest.raises(Invalid):
        memberships.change_role(ada, of(cleo, course), role=35)  # type: ignore[arg-type]


def test_every_change_outdates_what_was_allowed(
    ada: User, ben: User, cleo: User, course: Notebook, handshake: Note
) -> None:
    epochs = [1]
    for deed in (
        lambda: memberships.change_role(ada, of(ben, course), role=Role.VIEWER),
        lambda: memberships.change_role(ada, of(ben, course), role=Role.VIEWER),  # none
        lambda: memberships.remove(ada, of(ben, course)),
        lambda: memberships.leave(cleo, course),
    ):
        deed()
        handshake.refresh_from_db()
        epochs.append(handshake.access_epoch)
    assert epochs == [1, 2, 2, 3, 4]


def test_the_feed_says_who_went_and_by_whom(ada: User, ben: User, cleo: User, course: Notebook) -> None:
    memberships.change_role(ada, of(ben, course), role=Role.COMMENTER)
    memberships.remove(ada, of(ben, course))
    memberships.leave(cleo, course)
    lines = Activity.objects.order_by("-cursor")[:3]
    assert [(line.verb, line.actor, line.data) for line in lines] == [
        (Verb.MEMBER_LEFT, cleo, {}),
        (Verb.MEMBER_LEFT, ada, {"member": "Ben", "member_key": ben.pk}),
        (Verb.ROLE_CHANGED, ada, {"member": "Ben", "member_key": ben.pk, "role": "commenter"}),
    ]


def test_members_are_not_deleted_by_the_way(ben: User, course: Notebook) -> None:
    with pytest.raises(ProtectedError):
        ben.delete()
    memberships.leave(ben, course)
    ben.delete()
    assert Activity.objects.newest_first()[0].actor is None
