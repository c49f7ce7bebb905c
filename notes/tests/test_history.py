"""The log reads the same, packed or not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db.models import F

from core.accounts.models import User
from notes.models import Membership, Note, NoteSegment, NoteUpdate
from notes.packing import DamagedSegmentError, pack
from notes.services import contents, history
from notes.services.segments import pack_note
from notes.tests.logs import snap, whole, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def packed(ada: User, ben: User, handshake: Note) -> Note:
    """Updates 1 to 301 in a segment, 302 to 305 in rows."""
    write(handshake, [ada, ben, None], 300)
    snap(handshake)
    assert list(pack_note(handshake.pk)) == [301]
    write(handshake, [ben], 4)
    return handshake


def test_what_was_packed_is_told_as_before(ada: User, ben: User, handshake: Note) -> None:
    write(handshake, [ada, ben, None], 300)
    snap(handshake)
    before = whole(handshake)
    list(pack_note(handshake.pk))
    assert whole(handshake) == before
    assert not NoteUpdate.objects.filter(note=handshake).exists()
    assert {update.author_id for update in before} == {ada.pk, ben.pk, None}


def test_segments_and_rows_follow_each_other(packed: Note) -> None:
    assert [update.seq for update in whole(packed)] == list(range(1, 306))


@pytest.mark.parametrize("after", [0, 1, 150, 300, 301, 302, 304, 305])
def test_it_begins_where_one_asks(packed: Note, after: int) -> None:
    found = list(history.updates(packed.pk, epoch=1, after=after))
    assert [update.seq for update in found] == list(range(after + 1, 306))
    assert [(update.seq, update.data, update.author_id) for update in found] == [
        tuple(update) for update in history.sound(packed.pk, epoch=1, after=after)
    ]


def test_what_is_behind_the_head_is_not_looked_for_in_segments(
    packed: Note, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    for after, head in ((305, 305), (304, 305), (301, 305)):
        with django_assert_num_queries(1):
            list(history.sound(packed.pk, epoch=1, after=after, head=head))


@pytest.mark.parametrize("seqs", [[7], [303], [7, 8, 303]])
def test_quarantine_reaches_what_is_packed(packed: Note, seqs: list[int]) -> None:
    before = whole(packed)
    history.quarantine(packed.pk, seqs)
    assert whole(packed) == [update._replace(quarantined=update.seq in seqs) for update in before]
    kept = [update.seq for update in history.sound(packed.pk, epoch=1)]
    assert kept == [seq for seq in range(1, 306) if seq not in seqs]


def test_what_was_in_quarantine_stays_there_when_it_is_packed(ada: User, handshake: Note) -> None:
    write(handshake, [ada], 200)
    snap(handshake)
    history.quarantine(handshake.pk, [50])
    before = whole(handshake)
    assert before[49].quarantined
    assert list(pack_note(handshake.pk)) == [201]
    assert whole(handshake) == before


def test_an_author_whose_account_is_gone_is_nobody_also_in_a_segment(packed: Note, ben: User) -> None:
    before = whole(packed)
    key = ben.pk
    Membership.objects.filter(user=ben).delete()
    ben.delete()
    assert whole(packed) == [
        update._replace(author_id=None) if update.author_id == key else update for update in before
    ]


def test_what_stands_in_a_segment_and_in_rows_is_told_once(ada: User, handshake: Note) -> None:
    """As who reads the rows, and then the segments, finds it when a segment grows in between."""
    write(handshake, [ada], 200)
    before = whole(handshake)
    NoteUpdate.objects.filter(note=handshake, seq__lte=100).delete()
    NoteSegment.objects.create(note=handshake, epoch=1, first_seq=1, last_seq=150, data=pack(before[:150]))
    assert whole(handshake) == before


def test_an_epoch_knows_nothing_of_another(packed: Note, ada: User) -> None:
    Note.objects.filter(pk=packed.pk).update(epoch=F("epoch") + 1)
    assert whole(packed) == []
    write(packed, [ada], 3)
    assert [update.seq for update in whole(packed)] == [306, 307, 308]
    assert len(list(history.updates(packed.pk, epoch=1))) == 305


def test_a_damaged_segment_is_named_and_hides_nothing_else(packed: Note) -> None:
    segment = NoteSegment.objects.get(note=packed)
    segment.data = bytes(segment.data)[:-1]
    segment.save()
    with pytest.raises(DamagedSegmentError):
        whole(packed)
    assert [update.seq for update in history.updates(packed.pk, epoch=1, after=301)] == [302, 303, 304, 305]
    assert contents.stored(packed.pk).snapshot == b"\x00\x00"
