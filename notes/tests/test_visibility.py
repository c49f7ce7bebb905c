"""What querysets show to whom. They must agree with `abilities`."""

import pytest
from django.contrib.auth.models import AnonymousUser

from core.accounts.models import User
from notes.access import abilities
from notes.models import Activity, Membership, Note, Notebook, Role
from notes.services import notebooks, notes

pytestmark = pytest.mark.django_db


def test_members_see_what_is_nested(cleo: User, course: Notebook, networking: Notebook, handshake: Note) -> None:
    assert set(Notebook.objects.visible_to(cleo)) == {course, networking}
    assert list(Note.objects.visible_to(cleo)) == [handshake]
    assert Activity.objects.visible_to(cleo).count() == 3


def test_strangers_see_nothing(mallory: User, handshake: Note) -> None:
    for user in (mallory, AnonymousUser()):
        assert not Notebook.objects.visible_to(user).exists()
        assert not Note.objects.visible_to(user).exists()
        assert not Activity.objects.visible_to(user).exists()


def test_closed_accounts_see_nothing(ada: User, handshake: Note) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not Notebook.objects.visible_to(ada).exists()
    assert not Note.objects.visible_to(ada).exists()
    assert not Activity.objects.visible_to(ada).exists()


def test_membership_reaches_inwards_only(mallory: User, networking: Notebook, handshake: Note) -> None:
    Membership.objects.create(notebook=networking, user=mallory, role=Role.VIEWER)
    assert list(Notebook.objects.visible_to(mallory)) == [networking]
    assert list(Note.objects.visible_to(mallory)) == [handshake]


def test_paths_are_compared_as_whole_steps(ada: User, mallory: User) -> None:
    """The path "1/" is no beginning of "11/"."""
    mine = notebooks.create(mallory, title="Mine")
    others = [notebooks.create(ada, title=f"Ada's {number}") for number in range(120)]
    assert list(Notebook.objects.visible_to(mallory)) == [mine]
    assert Notebook.objects.visible_to(ada).count() == len(others)


def test_what_is_deleted_is_shown_to_nobody(ada: User, course: Notebook, handshake: Note) -> None:
    notes.delete(ada, handshake)
    assert not Note.objects.visible_to(ada).exists()
    notebooks.delete(ada, course)
    assert not Notebook.objects.visible_to(ada).exists()
    assert not Activity.objects.visible_to(ada).exists()


def test_the_archive_is_visible_but_not_active(ada: User, cleo: User, course: Notebook, handshake: Note) -> None:
    notebooks.archive(ada, course)
    assert list(Note.objects.visible_to(cleo)) == [handshake]
    assert not Note.objects.visible_to(cleo).active().exists()
    assert not Notebook.objects.visible_to(cleo).active().exists()


def test_several_memberships_show_a_thing_once(cleo: User, networking: Notebook, handshake: Note) -> None:
    Membership.objects.create(notebook=networking, user=cleo, role=Role.EDITOR)
    assert Notebook.objects.visible_to(cleo).count() == 2
    assert Note.objects.visible_to(cleo).count() == 1


@pytest.mark.parametrize("level", range(4))
def test_membership_reaches_through_all_levels(ada: User, mallory: User, level: int) -> None:
    chain: list[Notebook] = []
    for depth in range(4):
        chain.append(notebooks.create(ada, title=f"Level {depth}", parent=chain[-1] if chain else None))
        notes.create(ada, notebook=chain[-1], title=f"Note {depth}")
    Membership.objects.create(notebook=chain[level], user=mallory, role=Role.COMMENTER)
    assert set(Notebook.objects.visible_to(mallory)) == set(chain[level:])
    assert Note.objects.visible_to(mallory).count() == 4 - level
    for notebook in Notebook.objects.all():
        assert abilities(mallory, notebook).read == (notebook in chain[level:])
    assert set(Notebook.objects.of_member(mallory, Role.COMMENTER)) == set(chain[level:])
    assert not Notebook.objects.of_member(mallory, Role.EDITOR).exists()
