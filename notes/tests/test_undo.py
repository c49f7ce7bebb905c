"""Archiving and deleting mark a whole subtree; the way back restores exactly what went together."""

from collections.abc import Callable
from typing import Any

import pytest

from core.accounts.models import User
from notes.errors import Invalid, NotAllowed, NotFound
from notes.models import Activity, Note, Notebook, Verb
from notes.services import contents, notebooks, notes

pytestmark = pytest.mark.django_db


def alive(user: User) -> set[str]:
    titles = Note.objects.visible_to(user).values_list("title", flat=True)
    return {*titles, *Notebook.objects.visible_to(user).values_list("title", flat=True)}


def active(user: User) -> set[str]:
    titles = Note.objects.visible_to(user).active().values_list("title", flat=True)
    return {*titles, *Notebook.objects.visible_to(user).active().values_list("title", flat=True)}


@pytest.fixture
def all_titles(ada: User, course: Notebook, networking: Notebook, handshake: Note) -> set[str]:
    """Course (with Start here), in it Networking (with TCP handshake), in it Sockets (with Ports)."""
    notes.create(ada, notebook=course, title="Start here")
    sockets = notebooks.create(ada, title="Sockets", parent=networking)
    notes.create(ada, notebook=sockets, title="Ports")
    return {"Back-end, from scratch", "Start here", "Networking", "TCP handshake", "Sockets", "Ports"}


def test_a_deleted_notebook_comes_back_whole(ada: User, course: Notebook, all_titles: set[str]) -> None:
    notebooks.delete(ada, course)
    assert alive(ada) == set()
    notebooks.restore(ada, course)
    assert alive(ada) == all_titles


def test_what_was_deleted_before_stays_deleted(
    ada: User, course: Notebook, networking: Notebook, all_titles: set[str]
) -> None:
    notebooks.delete(ada, networking)
    notes.delete(ada, Note.objects.get(title="Start here"))
    notebooks.delete(ada, course)
    notebooks.restore(ada, course)
    assert alive(ada) == {"Back-end, from scratch"}
    notebooks.restore(ada, networking)
    assert alive(ada) == all_titles - {"Start here"}


def test_a_nested_notebook_does_not_come_back_into_a_deleted_one(
    ada: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    notebooks.delete(ada, networking)
    notebooks.delete(ada, course)
    with pytest.raises(Invalid):
        notebooks.restore(ada, networking)
    with pytest.raises(Invalid):
        notes.restore(ada, handshake)


def test_the_archive_gives_back_what_it_took(ada: User, course: Notebook, all_titles: set[str]) -> None:
    notes.archive(ada, Note.objects.get(title="Ports"))
    notebooks.archive(ada, course)
    assert active(ada) == set()
    assert alive(ada) == all_titles
    notebooks.unarchive(ada, course)
    assert active(ada) == all_titles - {"Ports"}


def test_nothing_leaves_the_archive_before_what_is_around_it(
    ada: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    notebooks.archive(ada, course)
    with pytest.raises(Invalid):
        notebooks.unarchive(ada, networking)
    with pytest.raises(Invalid):
        notes.unarchive(ada, handshake)


def test_what_was_deleted_comes_back_into_the_archive(
    ada: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    notebooks.delete(ada, networking)
    notebooks.archive(ada, course)
    notebooks.restore(ada, networking)
    assert "TCP handshake" in alive(ada)
    assert active(ada) == set()
    notebooks.unarchive(ada, course)
    assert "TCP handshake" in active(ada)


def test_a_note_comes_back_with_its_text(ben: User, cleo: User, handshake: Note) -> None:
    notes.delete(ben, handshake)
    assert "TCP handshake" not in alive(cleo)
    notes.restore(ben, handshake)
    assert "TCP handshake" in alive(cleo)
    assert contents.text_of(handshake) == "Three segments are enough."


def test_an_editor_cannot_bring_back_a_notebook(ada: User, ben: User, course: Notebook) -> None:
    notebooks.delete(ada, course)
    with pytest.raises(NotFound):
        notebooks.restore(ben, course)


def test_nothing_else_is_done_with_what_is_deleted(ada: User, course: Notebook, handshake: Note) -> None:
    notebooks.delete(ada, course)
    with pytest.raises(NotAllowed, match="Bring it back first"):
        notebooks.update(ada, course, title="Other", description="", cloth=1)
    with pytest.raises(NotAllowed):
        notebooks.archive(ada, course)
    with pytest.raises(NotAllowed):
        notes.rename(ada, handshake, title="Other")
    with pytest.raises(NotAllowed):
        notes.create(ada, notebook=course, title="New")


def test_nothing_new_comes_into_the_archive(
    ada: User, ben: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    notebooks.archive(ada, networking)
    with pytest.raises(Invalid, match="archived"):
        notes.create(ben, notebook=networking, title="New")
    with pytest.raises(Invalid, match="archived"):
        notebooks.create(ben, title="New", parent=networking)
    other = notebooks.create(ada, title="Other", parent=course)
    with pytest.raises(Invalid, match="archived"):
        notebooks.move(ada, other, parent=networking)
    note = notes.create(ada, notebook=other, title="New")
    with pytest.raises(Invalid, match="archived"):
        notes.move(ada, note, notebook=networking)


def test_doing_it_twice_changes_nothing_and_leaves_no_second_line(
    ada: User, networking: Notebook, handshake: Note
) -> None:
    deeds: tuple[tuple[Callable[..., Any], Any], ...] = (
        *((notebooks.archive, networking), (notebooks.unarchive, networking)),
        *((notebooks.delete, networking), (notebooks.restore, networking)),
        *((notes.archive, handshake), (notes.unarchive, handshake)),
        *((notes.delete, handshake), (notes.restore, handshake)),
    )
    for deed, thing in deeds:
        deed(ada, thing)
        thing.refresh_from_db()
        before = (thing.archived_at, thing.deleted_at, Activity.objects.count())
        deed(ada, thing)
        thing.refresh_from_db()
        assert (thing.archived_at, thing.deleted_at, Activity.objects.count()) == before


def test_each_step_leaves_a_line(ada: User, networking: Notebook, handshake: Note) -> None:
    notes.archive(ada, handshake)
    notes.unarchive(ada, handshake)
    notes.delete(ada, handshake)
    notes.restore(ada, handshake)
    verbs = [Verb.NOTE_CREATED, Verb.NOTE_ARCHIVED, Verb.NOTE_UNARCHIVED, Verb.NOTE_DELETED, Verb.NOTE_RESTORED]
    assert list(Activity.objects.filter(note=handshake).order_by("cursor").values_list("verb", flat=True)) == verbs
