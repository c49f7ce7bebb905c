"""Where a note is: its notebook, its place in the order, and the lines of the feed that go with it."""

import pytest

from core.accounts.models import User
from notes.access import abilities
from notes.errors import NotAllowed, NotFound
from notes.models import Activity, Membership, Note, Notebook, Role, Verb
from notes.services import notebooks, notes

pytestmark = pytest.mark.django_db


def titles(notebook: Notebook) -> list[str]:
    return list(Note.objects.filter(notebook=notebook).active().values_list("title", flat=True))


@pytest.fixture
def five(ada: User, course: Notebook) -> list[Note]:
    return [notes.create(ada, notebook=course, title=title) for title in "abcde"]


def test_new_notes_come_last(five: list[Note], course: Notebook) -> None:
    assert titles(course) == list("abcde")


@pytest.mark.parametrize(
    ("note", "position", "order"),
    [(4, 0, "eabcd"), (0, 2, "bcade"), (0, 4, "bcdea"), (0, None, "bcdea"), (2, 2, "abcde"), (1, 99, "acdeb")],
)
def test_the_order_is_the_readers(
    five: list[Note], course: Notebook, ada: User, note: int, position: int, order: str
) -> None:
    notes.move(ada, five[note], notebook=course, position=position)
    assert titles(course) == list(order)


def test_positions_count_what_a_reader_sees(five: list[Note], course: Notebook, ada: User) -> None:
    notes.delete(ada, five[0])
    notes.archive(ada, five[1])
    notes.move(ada, five[4], notebook=course, position=1)
    assert titles(course) == list("ced")


def test_a_new_order_is_no_news(five: list[Note], course: Notebook, ada: User) -> None:
    lines = Activity.objects.count()
    notes.move(ada, five[4], notebook=course, position=0)
    assert Activity.objects.count() == lines


def test_a_note_goes_to_another_notebook(
    ben: User, five: list[Note], course: Notebook, networking: Notebook, handshake: Note
) -> None:
    moved = notes.move(ben, five[1], notebook=networking, position=0)
    assert titles(networking) == ["b", "TCP handshake"]
    assert titles(course) == list("acde")
    assert moved.access_epoch == 1  # nobody's role changed
    line = Activity.objects.newest_first()[0]
    assert (line.verb, line.notebook, line.note) == (Verb.NOTE_MOVED, networking, moved)


def test_both_places_must_be_the_actors_to_organise(
    ada: User, ben: User, cleo: User, course: Notebook, handshake: Note
) -> None:
    hers = notebooks.create(cleo, title="Cleo's")
    with pytest.raises(NotAllowed):
        notes.move(cleo, handshake, notebook=hers)
    with pytest.raises(NotFound):
        notes.move(ben, handshake, notebook=hers)
    mine = notes.create(cleo, notebook=hers, title="Mine")
    with pytest.raises(NotAllowed):
        notes.move(cleo, mine, notebook=course)


def test_who_sees_it_changes_with_the_place(ben: User, cleo: User, mallory: User, handshake: Note) -> None:
    his = notebooks.create(ben, title="Ben's")
    Membership.objects.create(notebook=his, user=mallory, role=Role.VIEWER)
    note = notes.move(ben, handshake, notebook=his)
    assert abilities(mallory, note).read
    assert not abilities(cleo, note).read
    note.refresh_from_db()
    assert note.access_epoch == 2


def test_those_left_behind_learn_no_later_title(ben: User, cleo: User, networking: Notebook, handshake: Note) -> None:
    his = notebooks.create(ben, title="Ben's")
    notes.move(ben, handshake, notebook=his)
    notes.rename(ben, handshake, title="Secret plan")
    seen = Activity.objects.visible_to(cleo)
    assert not seen.filter(note=handshake).exists()
    line = seen.newest_first()[0]
    assert (line.notebook, line.data) == (networking, {"title": "TCP handshake", "away": True})


def test_the_lines_of_a_note_go_with_it(ada: User, course: Notebook, handshake: Note) -> None:
    other = notebooks.create(ada, title="Other", parent=course)
    notes.move(ada, handshake, notebook=other)
    assert set(Activity.objects.filter(note=handshake).values_list("notebook", flat=True)) == {other.pk}
