"""Where a notebook is: its path, its depth, and who comes to see it by that."""

import pytest

from core.accounts.models import User
from notes.access import abilities
from notes.errors import Invalid, NotAllowed, NotFound
from notes.models import Activity, Membership, Note, Notebook, Role, Verb
from notes.services import notebooks, notes

pytestmark = pytest.mark.django_db


def path_is_right(notebook: Notebook) -> bool:
    notebook.refresh_from_db()
    steps = []
    step: Notebook | None = notebook
    while step is not None:
        steps.append(f"{step.pk}/")
        step = step.parent
    return notebook.path == "".join(reversed(steps))


def test_a_new_notebook_knows_its_path(course: Notebook, networking: Notebook) -> None:
    assert path_is_right(course)
    assert path_is_right(networking)
    assert networking.ancestor_ids == [course.pk, networking.pk]


def test_the_whole_subtree_moves(ada: User, course: Notebook, networking: Notebook, handshake: Note) -> None:
    sockets = notebooks.create(ada, title="Sockets", parent=networking)
    deleted = notebooks.create(ada, title="Deleted", parent=networking)
    notebooks.delete(ada, deleted)
    archive = notebooks.create(ada, title="Last year")
    notebooks.move(ada, networking, parent=archive)
    for notebook in (course, networking, sockets, deleted, archive):
        assert path_is_right(notebook)
    assert set(Note.objects.within(archive)) == {handshake}
    assert not Note.objects.within(course).exists()


def test_a_notebook_does_not_go_into_itself(ada: User, course: Notebook, networking: Notebook) -> None:
    with pytest.raises(Invalid, match="itself"):
        notebooks.move(ada, course, parent=networking)
    with pytest.raises(Invalid, match="itself"):
        notebooks.move(ada, course, parent=course)
    assert path_is_right(course)


def test_notebooks_nest_four_deep(ada: User) -> None:
    chain: list[Notebook] = []
    for level in range(4):
        chain.append(notebooks.create(ada, title=f"Level {level}", parent=chain[-1] if chain else None))
    with pytest.raises(Invalid, match="4 deep"):
        notebooks.create(ada, title="Level 4", parent=chain[-1])
    pair = notebooks.create(ada, title="Pair")
    notebooks.create(ada, title="Inner", parent=pair)
    with pytest.raises(Invalid, match="4 deep"):
        notebooks.move(ada, pair, parent=chain[2])
    notebooks.move(ada, pair, parent=chain[1])
    assert path_is_right(Notebook.objects.get(title="Inner"))


def test_moving_to_the_same_place_is_nothing(ada: User, course: Notebook, networking: Notebook) -> None:
    lines = Activity.objects.count()
    notebooks.move(ada, networking, parent=course)
    notebooks.move(ada, course, parent=None)
    assert Activity.objects.count() == lines


def test_an_editor_moves_within_a_course(ben: User, course: Notebook, networking: Notebook, handshake: Note) -> None:
    parts = notebooks.create(ben, title="Parts", parent=course)
    notebooks.move(ben, networking, parent=parts)
    handshake.refresh_from_db()
    assert path_is_right(networking)
    assert handshake.access_epoch == 1  # nobody's role changed


def test_an_editor_does_not_take_a_notebook_away(ben: User, course: Notebook, networking: Notebook) -> None:
    mine = notebooks.create(ben, title="Ben's")
    for target in (mine, None):
        with pytest.raises(NotAllowed, match="Ask an owner"):
            notebooks.move(ben, networking, parent=target)
    assert path_is_right(networking)


def test_an_editor_does_not_make_himself_an_owner_by_moving(ada: User, ben: User) -> None:
    """An outermost notebook keeps its members wherever it goes, but would gain Ben as an owner."""
    shared = notebooks.create(ada, title="Shared")
    Membership.objects.create(notebook=shared, user=ben, role=Role.EDITOR)
    mine = notebooks.create(ben, title="Ben's")
    with pytest.raises(NotAllowed):
        notebooks.move(ben, shared, parent=mine)


def test_both_places_must_be_the_actors_to_organise(
    ada: User, cleo: User, mallory: User, course: Notebook, networking: Notebook
) -> None:
    hers = notebooks.create(cleo, title="Cleo's")
    with pytest.raises(NotAllowed):
        notebooks.move(cleo, networking, parent=hers)
    with pytest.raises(NotAllowed):
        notebooks.move(cleo, hers, parent=course)
    with pytest.raises(NotFound):
        notebooks.move(ada, networking, parent=hers)
    with pytest.raises(NotFound):
        notebooks.move(mallory, networking, parent=None)


def test_who_sees_it_changes_with_the_place(
    ada: User, ben: User, mallory: User, networking: Notebook, handshake: Note
) -> None:
    other = notebooks.create(ada, title="Other course")
    Membership.objects.create(notebook=other, user=mallory, role=Role.VIEWER)
    notebooks.move(ada, networking, parent=other)
    handshake = Note.objects.get(pk=handshake.pk)
    assert not abilities(ben, handshake).read
    assert abilities(mallory, handshake).read
    assert handshake.access_epoch == 2


def test_who_moves_it_outside_becomes_its_owner(ada: User, ben: User, networking: Notebook) -> None:
    notebooks.move(ada, networking, parent=None)
    networking.refresh_from_db()
    assert abilities(ada, networking).share
    assert not abilities(ben, networking).read


def test_its_own_members_come_along(ada: User, ben: User, cleo: User, networking: Notebook) -> None:
    Membership.objects.create(notebook=networking, user=ben, role=Role.OWNER)
    Membership.objects.create(notebook=networking, user=ada, role=Role.VIEWER)
    notebooks.move(ada, networking, parent=None)
    networking.refresh_from_db()
    assert abilities(ada, networking).share
    assert abilities(ben, networking).share
    assert not abilities(cleo, networking).read


def test_those_left_behind_read_that_it_went_and_not_where(
    ada: User, cleo: User, course: Notebook, networking: Notebook
) -> None:
    private = notebooks.create(ada, title="Only me")
    notebooks.move(ada, networking, parent=private)
    line = Activity.objects.visible_to(cleo).newest_first()[0]
    assert (line.verb, line.notebook, line.data) == (
        Verb.NOTEBOOK_MOVED,
        course,
        {"title": "Networking", "away": True},
    )
    assert not Activity.objects.visible_to(cleo).filter(notebook=networking).exists()


def test_a_subtree_may_be_moved_with_its_notes_deleted(ada: User, networking: Notebook, handshake: Note) -> None:
    notes.delete(ada, handshake)
    other = notebooks.create(ada, title="Other")
    notebooks.move(ada, networking, parent=other)
    notes.restore(ada, handshake)
    assert list(Note.objects.within(other).alive()) == [handshake]
