"""What one may write: titles, descriptions, colours, and the first text of a note."""

import pytest
from django.conf import LazySettings
from django.utils import timezone

from core.accounts.models import User
from notes.errors import Invalid
from notes.models import Activity, Note, Notebook, Verb
from notes.services import contents, notebooks, notes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("title", ["", "   ", "\n\t", "\x00", "\u2003"])
def test_a_title_is_never_empty(ada: User, course: Notebook, handshake: Note, title: str) -> None:
    with pytest.raises(Invalid):
        notebooks.create(ada, title=title)
    with pytest.raises(Invalid):
        notes.create(ada, notebook=course, title=title)
    with pytest.raises(Invalid):
        notes.rename(ada, handshake, title=title)
    with pytest.raises(Invalid):
        notebooks.update(ada, course, title=title, description="", cloth=1)


def test_a_title_is_one_clean_line(ada: User, course: Notebook) -> None:
    note = notes.create(ada, notebook=course, title="  TCP \n\t hand\x00shake \ud800 ")
    assert Note.objects.get(pk=note.pk).title == "TCP handshake"


def test_titles_have_a_limit(ada: User, course: Notebook) -> None:
    assert len(notes.create(ada, notebook=course, title="é" * 200).title) == 200
    with pytest.raises(Invalid, match="200 characters"):
        notes.create(ada, notebook=course, title="é" * 201)
    with pytest.raises(Invalid, match="120 characters"):
        notebooks.create(ada, title="é" * 121)
    with pytest.raises(Invalid, match="300 characters"):
        notebooks.create(ada, title="Long", description="é" * 301)


@pytest.mark.parametrize("cloth", [-1, 7, 1000])
def test_there_are_six_cloths(ada: User, cloth: int) -> None:
    with pytest.raises(Invalid):
        notebooks.create(ada, title="Mine", cloth=cloth)


def test_cloths_take_turns_and_nested_ones_match(ada: User) -> None:
    first, second = notebooks.create(ada, title="First"), notebooks.create(ada, title="Second")
    assert (first.cloth, second.cloth) == (1, 2)
    assert notebooks.create(ada, title="Nested", parent=second).cloth == 2


def test_the_first_text_is_kept_as_written(ada: User, course: Notebook) -> None:
    note = notes.create(ada, notebook=course, title="New", text="# Ünïcode 😀\r\n\r\ntwo")
    assert contents.text_of(note) == "# Ünïcode 😀\n\ntwo"


def test_a_note_has_a_largest_size(ada: User, course: Notebook, settings: LazySettings) -> None:
    settings.NOTE_UNITS = 4
    notes.create(ada, notebook=course, title="New", text="😀😀")
    with pytest.raises(Invalid):
        notes.create(ada, notebook=course, title="New", text="😀😀a")
    assert Note.objects.count() == 1


def test_renaming_says_from_what_to_what_and_when(ben: User, handshake: Note) -> None:
    before = timezone.now()
    note = notes.rename(ben, handshake, title="The handshake")
    assert Note.objects.get(pk=note.pk).changed_at >= before
    line = Activity.objects.newest_first()[0]
    assert (line.verb, line.data) == (Verb.NOTE_RENAMED, {"old": "TCP handshake", "new": "The handshake"})


def test_the_same_title_again_is_no_news(ben: User, course: Notebook, handshake: Note) -> None:
    lines = Activity.objects.count()
    notes.rename(ben, handshake, title=" TCP  handshake ")
    notebooks.update(ben, course, title=course.title, description="About servers", cloth=3)
    assert Activity.objects.count() == lines
    course.refresh_from_db()
    assert (course.description, course.cloth) == ("About servers", 3)
