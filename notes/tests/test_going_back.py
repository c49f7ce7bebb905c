"""A version that knows no segments finds the whole log in rows."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command

from core.accounts.models import User
from notes.models import Note, NoteSegment, NoteUpdate
from notes.services import history
from notes.services.history import rows_of
from notes.services.segments import pack_note
from notes.tests.logs import snap, whole, write

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = "0003_the_first_cursor"


@pytest.fixture(autouse=True)
def forward_again(transactional_db: None) -> Iterator[None]:
    yield
    call_command("migrate", "notes", verbosity=0)


def test_going_back_unpacks_everything_and_coming_again_packs_it_as_before(
    ada: User, ben: User, handshake: Note
) -> None:
    write(handshake, [ada, ben], 999)
    snap(handshake)
    history.quarantine(handshake.pk, [7])
    before = whole(handshake)
    assert list(pack_note(handshake.pk)) == [1_000]
    write(handshake, [ben], 5)
    tail = whole(handshake)[1_000:]

    call_command("migrate", "notes", BEFORE, verbosity=0)
    assert rows_of(NoteUpdate.objects.filter(note=handshake)) == [*before, *tail]

    call_command("migrate", "notes", verbosity=0)
    assert whole(handshake) == [*before, *tail]
    assert list(pack_note(handshake.pk)) == [1_000]
    assert NoteSegment.objects.filter(note=handshake).count() == 1
    assert whole(handshake) == [*before, *tail]
