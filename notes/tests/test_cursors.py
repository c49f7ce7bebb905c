"""Cursors order the feed: who asks for "all after this one" misses nothing, whatever happens at the same time."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.db.models import Max

from core.accounts.models import User
from notes.models import Activity, ActivityCounter, Note, Notebook, Verb
from notes.services.activity import fold_edit, record
from notes.tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def newest() -> int:
    return int(Activity.objects.aggregate(newest=Max("cursor"))["newest"])


def test_writers_at_once_get_cursors_without_gap_or_double(ada: User, course: Notebook) -> None:
    before = newest()

    def write() -> list[int]:
        return [record(ada, Verb.NOTEBOOK_RENAMED, notebook=course).cursor for _ in range(10)]

    cursors = [cursor for written in at_once([write] * 4) for cursor in written]
    assert sorted(cursors) == list(range(before + 1, before + 41))


def test_edits_at_once_find_the_same_line(ben: User, handshake: Note) -> None:
    def edit() -> None:
        for _ in range(5):
            fold_edit(ben, handshake, added=2, removed=1)

    assert at_once([edit] * 4) == [None] * 4
    assert Activity.objects.get(verb=Verb.NOTE_EDITED).data == {"added": 40, "removed": 20}


def test_cursors_become_visible_in_their_order(ada: User, ben: User, course: Notebook) -> None:
    """A slow writer holds back those who come after; else a reader would pass over its line."""
    before = newest()
    written, go_on = Event(), Event()

    def write_slowly() -> None:
        with transaction.atomic():
            record(ada, Verb.NOTEBOOK_RENAMED, notebook=course)
            written.set()
            go_on.wait(30)
        connection.close()

    def write() -> None:
        record(ben, Verb.NOTEBOOK_RENAMED, notebook=course)
        connection.close()

    slow, quick = Thread(target=write_slowly), Thread(target=write)
    slow.start()
    assert written.wait(30)
    quick.start()
    quick.join(0.3)  # a writer that did not wait would be done by now
    assert quick.is_alive()
    assert newest() == before
    go_on.set()
    slow.join(30)
    quick.join(30)
    actors = Activity.objects.filter(cursor__gt=before).order_by("cursor").values_list("actor__display_name", flat=True)
    assert list(actors) == ["Ada", "Ben"]


def test_a_lost_counter_begins_again_after_the_last_line(ada: User, course: Notebook) -> None:
    before = newest()
    ActivityCounter.objects.all().delete()
    assert record(ada, Verb.NOTEBOOK_RENAMED, notebook=course).cursor == before + 1
    assert record(ada, Verb.NOTEBOOK_RENAMED, notebook=course).cursor == before + 2


def test_a_failed_change_uses_no_cursor_up(ada: User, course: Notebook) -> None:
    before = newest()

    @transaction.atomic
    def fail() -> None:
        record(ada, Verb.NOTEBOOK_RENAMED, notebook=course)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert record(ada, Verb.NOTEBOOK_RENAMED, notebook=course).cursor == before + 1
