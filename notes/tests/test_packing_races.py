"""Several processes work on one log at the same moment; it stays whole."""

from functools import partial

import pytest

from core.accounts.models import User
from notes.models import Note, NoteSegment, NoteUpdate
from notes.services import history, segments
from notes.services.segments import pack_note
from notes.tests.at_once import at_once
from notes.tests.logs import snap, whole, write

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SEGMENT_UPDATES", 200)


def pack_all(note: Note) -> int:
    return sum(pack_note(note.pk))


def test_two_that_pack_one_note_pack_each_update_once(ada: User, ben: User, handshake: Note) -> None:
    for _ in range(ROUNDS):
        write(handshake, [ada, ben], 800)
        snap(handshake)
        before = whole(handshake)
        rows = NoteUpdate.objects.filter(note=handshake).count()
        packed = at_once([partial(pack_all, handshake)] * 3)
        packed.append(pack_all(handshake))
        assert sum(packed) == rows - NoteUpdate.objects.filter(note=handshake).count()
        assert whole(handshake) == before


def test_a_quarantine_is_never_lost(ada: User, handshake: Note) -> None:
    seqs: list[int] = []
    for _ in range(ROUNDS):
        write(handshake, [ada], 600)
        snap(handshake)
        handshake.refresh_from_db()
        seqs += [handshake.seq - 500, handshake.seq - 250]
        at_once([partial(pack_all, handshake), partial(history.quarantine, handshake.pk, seqs[-2:])])
        assert [update.seq for update in whole(handshake) if update.quarantined] == seqs


def test_who_reads_meanwhile_reads_a_whole_log(ada: User, ben: User, handshake: Note) -> None:
    write(handshake, [ada], 1_999)
    snap(handshake)
    before = whole(handshake)

    def read() -> bool:
        return all(whole(handshake) == before for _ in range(10))

    packed, *read_whole = at_once([partial(pack_all, handshake), read, read])
    assert packed == 2_000
    assert read_whole == [True, True]
    assert NoteSegment.objects.filter(note=handshake).count() == 10
