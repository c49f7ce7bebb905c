"""What the database itself refuses, should a program go past the services."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils import timezone

from core.accounts.models import User
from notes.models import (
    Activity,
    Invitation,
    Membership,
    Note,
    Notebook,
    NoteClient,
    NoteSegment,
    NoteSnapshot,
    NoteUpdate,
    Role,
)
from notes.services.activity import fold_edit

pytestmark = pytest.mark.django_db

WRONG: dict[str, Callable[[Note], Any]] = {
    "a notebook without a title": lambda note: Notebook.objects.filter(pk=note.notebook_id).update(title=""),
    "a notebook without a path": lambda note: Notebook.objects.filter(pk=note.notebook_id).update(path=""),
    "a path twice": lambda note: Notebook.objects.exclude(pk=note.notebook_id).update(path=note.notebook.path),
    "a cloth that is none": lambda note: Notebook.objects.filter(pk=note.notebook_id).update(cloth=7),
    "a note without a title": lambda note: Note.objects.filter(pk=note.pk).update(title=""),
    "a public id twice": lambda note: Note.objects.create(
        public_id=note.public_id, notebook=note.notebook, title="Twin", created_by=note.created_by
    ),
    "a role that is none": lambda note: Membership.objects.update(role=35),
    "a member twice": lambda note: [member(note), member(note)],
    "an invitation to a role that is none": lambda note: invitation(note, role=35),
    "a token twice": lambda note: [invitation(note), invitation(note)],
    "a cursor twice": lambda note: Activity.objects.update(cursor=1),
    "an update's number twice": lambda note: update(note, seq=1),
    "two segments with one end": lambda note: [segment(note), segment(note, first_seq=4)],
    "a segment that ends before it begins": lambda note: segment(note, first_seq=10),
    "two snapshots of one epoch": lambda note: [snapshot(note), snapshot(note)],
    "a client of two users": lambda note: [client(note), client(note)],
}


def member(note: Note) -> Membership:
    made: Membership = Membership.objects.create(notebook=note.notebook, user=note.created_by, role=Role.VIEWER)
    return made


def invitation(note: Note, role: int = Role.VIEWER) -> Invitation:
    made: Invitation = Invitation.objects.create(
        notebook=note.notebook, role=role, token_hash=b"x" * 32, created_by=note.created_by, expires_at=timezone.now()
    )
    return made


def update(note: Note, seq: int) -> NoteUpdate:
    return NoteUpdate.objects.create(note=note, seq=seq, epoch=1, created_at=timezone.now(), data=b"")


def segment(note: Note, first_seq: int = 1) -> NoteSegment:
    return NoteSegment.objects.create(note=note, epoch=1, first_seq=first_seq, last_seq=9, data=b"")


def snapshot(note: Note) -> NoteSnapshot:
    return NoteSnapshot.objects.create(note=note, epoch=1, seq=1, state=b"", text="", text_hash=b"")


def client(note: Note) -> NoteClient:
    return NoteClient.objects.create(note=note, epoch=1, client_id=7)


@pytest.mark.parametrize("wrong", WRONG)
def test_the_database_refuses(wrong: str, course: Notebook, handshake: Note) -> None:
    with pytest.raises(IntegrityError):
        WRONG[wrong](handshake)


def test_client_ids_of_53_bits_fit(handshake: Note) -> None:
    client = NoteClient.objects.create(note=handshake, epoch=1, client_id=2**53 - 1)
    client.refresh_from_db()
    assert client.client_id == 2**53 - 1


def test_nothing_that_others_stand_on_can_be_deleted(ben: User, course: Notebook, handshake: Note) -> None:
    for thing in (ben, course, handshake.notebook):
        with pytest.raises(ProtectedError):
            thing.delete()


def test_a_note_that_an_operator_erases_leaves_nothing_behind(ben: User, handshake: Note) -> None:
    fold_edit(ben, handshake, added=1, removed=0)
    segment(handshake)
    handshake.delete()
    assert not NoteUpdate.objects.exists()
    assert not NoteSegment.objects.exists()
    assert not Activity.objects.exclude(note=None).exists()
