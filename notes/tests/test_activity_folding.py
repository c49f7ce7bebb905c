"""Edits of one sitting are one line of the feed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.accounts.models import User
from notes.events import ActivityRecorded
from notes.models import Activity, Note, Notebook, Verb
from notes.services import notebooks, notes
from notes.services.activity import SITTING, fold_edit

pytestmark = pytest.mark.django_db


def age(activity: Activity, by: timedelta) -> None:
    moment = timezone.now() - by
    Activity.objects.filter(pk=activity.pk).update(changed_at=moment, created_at=moment)


def test_edits_add_up_and_rise_to_the_top(ada: User, ben: User, handshake: Note) -> None:
    first = fold_edit(ben, handshake, added=100, removed=0)
    between = notes.rename(ada, handshake, title="Other")
    second = fold_edit(ben, handshake, added=20, removed=4)
    assert second.pk == first.pk
    assert second.data == {"added": 120, "removed": 4}
    assert second.cursor > first.cursor
    assert second.created_at == first.created_at
    assert second.changed_at > first.changed_at
    assert Activity.objects.filter(note=between).newest_first().first() == second


def test_anothers_edit_does_not_end_a_sitting(ada: User, ben: User, handshake: Note) -> None:
    first = fold_edit(ben, handshake, added=1, removed=0)
    fold_edit(ada, handshake, added=5, removed=0)
    assert fold_edit(ben, handshake, added=1, removed=0).pk == first.pk
    assert Activity.objects.filter(verb=Verb.NOTE_EDITED).count() == 2


def test_a_pause_ends_a_sitting(ben: User, handshake: Note) -> None:
    first = fold_edit(ben, handshake, added=1, removed=0)
    age(first, SITTING + timedelta(seconds=1))
    second = fold_edit(ben, handshake, added=2, removed=0)
    assert second.pk != first.pk
    assert second.data == {"added": 2, "removed": 0}


def test_a_long_sitting_without_a_pause_is_one(ben: User, handshake: Note) -> None:
    first = fold_edit(ben, handshake, added=1, removed=0)
    for _ in range(5):
        age(first, SITTING - timedelta(minutes=1))
        assert fold_edit(ben, handshake, added=1, removed=1).pk == first.pk
    assert Activity.objects.get(pk=first.pk).data == {"added": 6, "removed": 5}


def test_each_note_has_a_line_of_its_own(ben: User, networking: Notebook, handshake: Note) -> None:
    other = notes.create(ben, notebook=networking, title="Other")
    assert fold_edit(ben, handshake, added=1, removed=0).pk != fold_edit(ben, other, added=1, removed=0).pk


def test_the_line_follows_a_moved_note(ben: User, course: Notebook, handshake: Note) -> None:
    first = fold_edit(ben, handshake, added=1, removed=0)
    databases = notebooks.create(ben, title="Databases", parent=course)
    notes.move(ben, handshake, notebook=databases)
    second = fold_edit(ben, handshake, added=1, removed=0)  # the engine's `handshake` may be old
    assert (second.pk, second.notebook) == (first.pk, databases)


@pytest.mark.django_db(transaction=True)
def test_each_edit_is_told_with_where_it_happened(
    ben: User, networking: Notebook, handshake: Note, heard: Callable[[type], list[Any]]
) -> None:
    told = heard(ActivityRecorded)
    line = fold_edit(ben, handshake, added=1, removed=0)
    fold_edit(ben, handshake, added=1, removed=0)
    event = ActivityRecorded(activity_id=line.pk, notebook_path=networking.path, note_id=handshake.pk)
    assert told == [event, event]
