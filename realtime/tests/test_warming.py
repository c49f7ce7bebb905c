"""The server opens a note for itself before anybody comes, whatever there is to open."""

import pytest

from notes.models import LoadMark, Note
from notes.services import contents
from realtime.warming import warm_up


@pytest.mark.django_db(transaction=True)
def test_an_empty_house_is_warmed() -> None:
    warm_up()


def test_a_note_is_opened_and_left_as_it_was(transactional_db: None, handshake: Note) -> None:
    contents.save_snapshot(handshake.pk, epoch=1, seq=1, state=b"\x00\x00", text="")
    before = Note.objects.values().get(pk=handshake.pk)
    warm_up()
    assert Note.objects.values().get(pk=handshake.pk) == before
    assert not LoadMark.objects.exists()
