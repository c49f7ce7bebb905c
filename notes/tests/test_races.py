"""Two people change the same thing at the same moment; what must always hold still holds."""

from contextlib import suppress
from functools import partial

import pytest
from django.db import transaction

from core.accounts.models import User
from notes.access import abilities
from notes.errors import Invalid, InvitationUsed, NotAllowed, NotFound, Refused
from notes.models import Membership, Note, Notebook, Role
from notes.services import invitations, memberships, notebooks, notes
from notes.services.activity import fold_edit
from notes.tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def test_an_invitation_is_good_once_even_then(ada: User, course: Notebook) -> None:
    guests = [User.objects.create_user(f"guest{number}@example.org", display_name="Guest") for number in range(4)]
    for _ in range(ROUNDS):
        _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
        results = at_once([partial(invitations.accept, guest, token=token) for guest in guests])
        assert [type(result) for result in results if isinstance(result, Exception)] == [InvitationUsed] * 3
        (membership,) = (result for result in results if isinstance(result, Membership))
        memberships.remove(ada, membership)


def test_two_owners_cannot_both_leave(ada: User, ben: User, course: Notebook) -> None:
    for _ in range(ROUNDS):
        Membership.objects.update_or_create(notebook=course, user=ada, defaults={"role": Role.OWNER})
        Membership.objects.update_or_create(notebook=course, user=ben, defaults={"role": Role.OWNER})
        results = at_once([lambda: memberships.leave(ada, course), lambda: memberships.leave(ben, course)])
        assert sorted(type(result).__name__ for result in results) == ["Invalid", "NoneType"]
        assert Membership.objects.filter(notebook=course).owners().count() == 1


def test_two_moves_make_no_circle(ada: User) -> None:
    for _ in range(ROUNDS):
        one, two = notebooks.create(ada, title="One"), notebooks.create(ada, title="Two")
        moves = [partial(notebooks.move, ada, one, parent=two), partial(notebooks.move, ada, two, parent=one)]
        assert [type(result) for result in at_once(moves) if isinstance(result, Exception)] == [Invalid]
        one.refresh_from_db()
        two.refresh_from_db()
        assert {one.path, two.path} in (
            {f"{one.pk}/", f"{one.pk}/{two.pk}/"},
            {f"{two.pk}/", f"{two.pk}/{one.pk}/"},
        )


def test_nothing_new_survives_in_what_is_deleted(ada: User, ben: User, course: Notebook, networking: Notebook) -> None:
    for _ in range(ROUNDS):
        at_once(
            [
                lambda: notebooks.delete(ada, course),
                lambda: notes.create(ben, notebook=networking, title="New"),
                lambda: notebooks.create(ben, title="New", parent=networking),
            ]
        )
        assert not Note.objects.filter(deleted_at=None).exists()
        assert not Notebook.objects.filter(deleted_at=None).exists()
        notebooks.restore(ada, course)
        assert not Notebook.objects.exclude(deleted_at=None).exists()


def test_a_new_note_follows_a_notebook_that_moves(ada: User, ben: User, course: Notebook, networking: Notebook) -> None:
    private = notebooks.create(ada, title="Only me")
    for target in (private, course) * 3:
        moved, made = at_once(
            [
                partial(notebooks.move, ada, networking, parent=target),
                partial(notes.create, ben, notebook=networking, title="New"),
            ]
        )
        assert isinstance(moved, Notebook)
        assert isinstance(made, (Note, NotFound))


def test_a_demoted_owner_ends_nothing_afterwards(ada: User, ben: User, course: Notebook, handshake: Note) -> None:
    """Either Ben deleted it while he was an owner, or he could not any more."""
    bens = Membership.objects.get(notebook=course, user=ben)
    for _ in range(ROUNDS):
        memberships.change_role(ada, bens, role=Role.OWNER)
        _, result = at_once(
            [
                lambda: memberships.change_role(ada, bens, role=Role.EDITOR),
                lambda: notebooks.delete(ben, course),
            ]
        )
        course.refresh_from_db()
        assert isinstance(result, NotAllowed) == (course.deleted_at is None)
        if course.deleted_at:
            notebooks.restore(ada, course)
        bens.refresh_from_db()
        if bens.role == Role.OWNER:  # the notebook was deleted when Ada wanted to change his role
            memberships.change_role(ada, bens, role=Role.EDITOR)


def test_a_locked_append_and_a_revocation_do_not_wait_for_each_other_for_ever(
    ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    """As the engine appends: it locks the note and compares the epoch. Nothing is written after the revocation."""
    bens = Membership.objects.get(notebook=course, user=ben)

    def append() -> bool:
        with transaction.atomic():
            note = Note.objects.select_for_update().get(pk=handshake.pk)
            allowed = note.access_epoch == 1 and abilities(ben, note).write
            if allowed:
                Note.objects.filter(pk=note.pk).update(seq=note.seq + 1)
            return allowed

    removed, appended = at_once([lambda: memberships.remove(ada, bens), append])
    assert removed is None
    assert appended in (True, False)
    assert append() is False


def test_positions_stay_a_row(ada: User, course: Notebook) -> None:
    made = [notes.create(ada, notebook=course, title=title) for title in "abcd"]
    results = at_once(
        [
            lambda: notes.move(ada, made[3], notebook=course, position=0),
            lambda: notes.move(ada, made[0], notebook=course, position=3),
            lambda: notes.create(ada, notebook=course, title="e"),
        ]
    )
    assert not [result for result in results if isinstance(result, Refused)]
    positions = list(Note.objects.filter(notebook=course).values_list("position", flat=True))
    assert positions == sorted(set(positions))
    assert len(positions) == 5


def test_writers_and_organisers_never_wait_in_a_circle(
    ada: User, ben: User, course: Notebook, networking: Notebook
) -> None:
    """The engine appends to several notes in one transaction, and folds their edits in others."""
    made = [notes.create(ada, notebook=networking, title=title) for title in "abcd"]
    keys = [note.pk for note in made]

    def append() -> None:
        for number in range(8):
            with transaction.atomic():
                list(Note.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
                Note.objects.filter(pk__in=keys).update(seq=number)
            fold_edit(ben, made[number % 4], added=1, removed=0)

    def organise() -> None:
        for _ in range(2):
            notebooks.archive(ada, course)
            notebooks.unarchive(ada, course)
            # The other organiser may have archived the course at this very moment: then a move is refused, rightly.
            with suppress(Invalid):
                notes.move(ada, made[3], notebook=networking, position=0)
                notes.move(ada, made[0], notebook=course)
                notes.move(ada, made[0], notebook=networking)

    assert at_once([append, append, organise, organise]) == [None] * 4
