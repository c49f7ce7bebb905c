"""What `abilities` answers, also for what is archived or deleted, and for whom it answers nothing."""

from dataclasses import fields

import pytest
from django.contrib.auth.models import AnonymousUser

from core.accounts.models import User
from notes.access import NOTHING, Abilities, abilities
from notes.models import Membership, Note, Notebook, Role
from notes.services import notebooks, notes

pytestmark = pytest.mark.django_db


def can(user: User, thing: Note | Notebook) -> set[str]:
    thing.refresh_from_db()
    able = abilities(user, thing)
    return {field.name for field in fields(Abilities) if field.name != "role" and getattr(able, field.name)}


def test_roles_in_a_nested_notebook_come_from_around_it(
    ada: User, ben: User, cleo: User, dana: User, handshake: Note
) -> None:
    assert can(ada, handshake) == {"read", "comment", "write", "organise", "delete", "share"}
    assert can(ben, handshake) == {"read", "comment", "write", "organise", "delete"}
    assert can(dana, handshake) == {"read", "comment"}
    assert can(cleo, handshake) == {"read"}


def test_an_editor_deletes_notes_but_not_notebooks(ben: User, networking: Notebook) -> None:
    assert "delete" not in can(ben, networking)


def test_the_strongest_of_several_roles_counts(cleo: User, course: Notebook, networking: Notebook) -> None:
    Membership.objects.create(notebook=networking, user=cleo, role=Role.EDITOR)
    assert abilities(cleo, networking).role == Role.EDITOR
    assert abilities(cleo, course).role == Role.VIEWER


def test_a_member_of_a_nested_notebook_sees_nothing_around_it(
    mallory: User, course: Notebook, networking: Notebook
) -> None:
    Membership.objects.create(notebook=networking, user=mallory, role=Role.OWNER)
    assert abilities(mallory, course) == NOTHING


def test_strangers_and_the_anonymous_can_do_nothing(mallory: User, course: Notebook, handshake: Note) -> None:
    for thing in (course, handshake):
        assert abilities(mallory, thing) == NOTHING
        assert abilities(AnonymousUser(), thing) == NOTHING


def test_a_closed_account_can_do_nothing_however_old_the_user_is(ada: User, handshake: Note) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert ada.is_active
    assert abilities(ada, handshake) == NOTHING


def test_staff_has_no_rights_by_that(handshake: Note) -> None:
    root = User.objects.create_superuser("root@example.org", display_name="Root")
    assert abilities(root, handshake) == NOTHING


def test_nobody_writes_in_the_archive(ada: User, ben: User, course: Notebook, handshake: Note) -> None:
    notebooks.archive(ada, course)
    assert can(ada, handshake) == {"read", "organise", "delete", "share"}
    assert can(ben, handshake) == {"read", "organise", "delete"}


def test_of_a_deleted_note_remains_the_way_back(ada: User, ben: User, cleo: User, handshake: Note) -> None:
    notes.delete(ada, handshake)
    assert can(ada, handshake) == can(ben, handshake) == {"read", "delete"}
    assert can(cleo, handshake) == set()


def test_a_deleted_notebook_exists_for_its_owners_only(
    ada: User, ben: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    notebooks.delete(ada, course)
    for thing in (course, networking, handshake):
        assert can(ada, thing) == {"read", "delete"}
        assert can(ben, thing) == set()
