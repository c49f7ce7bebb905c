"""What the domain tells the rest of the house, and that it waits for the commit."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from core.accounts.models import User
from notes.errors import Invalid
from notes.events import AccessChanged, ActivityRecorded, NoteRenamed, publish, subscribe
from notes.models import Activity, Membership, Note, Notebook, Role
from notes.services import invitations, memberships, notebooks, notes

pytestmark = pytest.mark.django_db(transaction=True)

type Heard = Callable[[type], list[Any]]


def test_nothing_is_told_before_the_commit(ada: User, handshake: Note, heard: Heard) -> None:
    renamed, recorded = heard(NoteRenamed), heard(ActivityRecorded)
    with transaction.atomic():
        notes.rename(ada, handshake, title="Other")
        assert (renamed, recorded) == ([], [])
    assert renamed == [NoteRenamed(note_id=handshake.pk, title="Other")]
    assert len(recorded) == 1


def test_what_is_rolled_back_is_never_told(ada: User, handshake: Note, heard: Heard) -> None:
    told = heard(object)

    @transaction.atomic
    def change_and_fail() -> None:
        notes.rename(ada, handshake, title="Other")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert told == []


def test_what_is_refused_is_never_told(ada: User, course: Notebook, networking: Notebook, heard: Heard) -> None:
    told = heard(object)
    with pytest.raises(Invalid):
        notebooks.move(ada, course, parent=networking)
    with pytest.raises(Invalid):
        memberships.leave(ada, course)
    assert told == []


def test_a_subscriber_that_fails_harms_nobody(ada: User, handshake: Note, heard: Heard) -> None:
    def fail(event: NoteRenamed) -> None:
        raise RuntimeError(event.title)

    end = subscribe(NoteRenamed, fail)
    told = heard(NoteRenamed)
    try:
        notes.rename(ada, handshake, title="Other")
    finally:
        end()
    assert len(told) == 1
    handshake.refresh_from_db()
    assert handshake.title == "Other"


def test_without_a_transaction_it_is_told_at_once(heard: Heard) -> None:
    told = heard(NoteRenamed)
    event = NoteRenamed(note_id=1, title="Other")
    publish(event)
    assert told == [event]


def test_every_line_of_the_feed_is_told(ada: User, networking: Notebook, heard: Heard) -> None:
    told = heard(ActivityRecorded)
    note = notes.create(ada, notebook=networking, title="New", text="Text")
    line = Activity.objects.get(note=note)
    assert told == [ActivityRecorded(activity_id=line.pk, notebook_path=networking.path, note_id=note.pk)]


def test_a_change_of_roles_names_all_that_is_nested(
    ada: User, ben: User, course: Notebook, networking: Notebook, handshake: Note, heard: Heard
) -> None:
    told = heard(AccessChanged)
    memberships.change_role(ada, Membership.objects.get(notebook=course, user=ben), role=Role.VIEWER)
    assert told == [AccessChanged(note_ids=(handshake.pk,), notebook_ids=(course.pk, networking.pk))]


def test_whatever_changes_rights_is_told_and_counted(
    ada: User,
    ben: User,
    cleo: User,
    mallory: User,
    course: Notebook,
    networking: Notebook,
    handshake: Note,
    heard: Heard,
) -> None:
    told = heard(AccessChanged)
    private = notebooks.create(ada, title="Only me")
    _, token = invitations.invite(ada, notebook=course, role=Role.VIEWER)
    bens = Membership.objects.get(notebook=course, user=ben)
    for deed in (
        lambda: invitations.accept(mallory, token=token),
        lambda: memberships.change_role(ada, bens, role=Role.VIEWER),
        lambda: memberships.remove(ada, bens),
        lambda: memberships.leave(cleo, course),
        lambda: notebooks.archive(ada, course),
        lambda: notebooks.unarchive(ada, course),
        lambda: notebooks.delete(ada, course),
        lambda: notebooks.restore(ada, course),
        lambda: notebooks.move(ada, networking, parent=private),
        lambda: notes.archive(ada, handshake),
        lambda: notes.unarchive(ada, handshake),
        lambda: notes.delete(ada, handshake),
        lambda: notes.restore(ada, handshake),
        lambda: notes.move(ada, handshake, notebook=course),
    ):
        before = Note.objects.get(pk=handshake.pk).access_epoch
        told.clear()
        deed()
        assert Note.objects.get(pk=handshake.pk).access_epoch == before + 1
        assert [event.note_ids for event in told] == [(handshake.pk,)]
