"""What is packed, and when: what has settled, in segments of bounded size."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F

from core.accounts.models import User
from notes.models import Membership, Note, Notebook, NoteSegment, NoteUpdate
from notes.services import history, notes, segments
from notes.services.segments import FEWEST_UPDATES, due, exchange, pack_note, prepare
from notes.tests.logs import snap, whole, write

pytestmark = pytest.mark.django_db


def rows(note: Note) -> int:
    return NoteUpdate.objects.filter(note=note).count()


def ranges(note: Note) -> list[tuple[int, int]]:
    return list(NoteSegment.objects.filter(note=note).values_list("first_seq", "last_seq"))


def test_what_no_snapshot_holds_stays_in_rows(ada: User, handshake: Note) -> None:
    write(handshake, [ada], 300)
    assert list(pack_note(handshake.pk)) == []
    snap(handshake, seq=200)
    assert list(pack_note(handshake.pk)) == [200]
    assert rows(handshake) == 101


def test_what_is_young_stays_in_rows(ada: User, handshake: Note) -> None:
    write(handshake, [ada], 199)
    write(handshake, [ada], 300, age=timedelta(minutes=59))
    snap(handshake)
    assert list(pack_note(handshake.pk)) == [200]
    assert ranges(handshake) == [(1, 200)]
    assert rows(handshake) == 300


def test_a_few_updates_wait_for_more(ada: User, handshake: Note) -> None:
    write(handshake, [ada], FEWEST_UPDATES - 2)
    snap(handshake)
    assert list(pack_note(handshake.pk)) == []
    assert due(0) == ([], None)
    write(handshake, [ada], 1)
    snap(handshake)
    assert due(0) == ([handshake.pk], None)
    assert list(pack_note(handshake.pk)) == [FEWEST_UPDATES]


def test_segments_are_bounded_by_how_many_updates_they_hold(
    ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "SEGMENT_UPDATES", 200)
    write(handshake, [ada], 599)
    snap(handshake)
    before = whole(handshake)
    assert list(pack_note(handshake.pk)) == [200, 200, 200]
    assert ranges(handshake) == [(1, 200), (201, 400), (401, 600)]
    assert whole(handshake) == before


def test_segments_are_bounded_by_how_many_bytes_go_in(
    ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 1_000)
    write(handshake, [ada], 300)
    NoteUpdate.objects.filter(note=handshake, seq=150).update(data=b"a long paste" * 500)
    snap(handshake)
    before = whole(handshake)
    list(pack_note(handshake.pk))
    assert whole(handshake) == before
    assert (150, 150) in ranges(handshake)
    sizes = [sum(len(before[seq - 1].data) for seq in range(a, b + 1)) for a, b in ranges(handshake)]
    assert [size for size in sizes if size > 1_000] == [6_000]


def test_a_segment_that_is_not_full_grows(ada: User, ben: User, handshake: Note) -> None:
    write(handshake, [ada], 199)
    snap(handshake)
    list(pack_note(handshake.pk))
    write(handshake, [ben], 250)
    snap(handshake)
    before = whole(handshake)
    assert list(pack_note(handshake.pk)) == [250]
    assert ranges(handshake) == [(1, 450)]
    assert whole(handshake) == before


def test_it_is_not_written_anew_for_a_few_updates(ada: User, handshake: Note) -> None:
    write(handshake, [ada], 999)
    snap(handshake)
    list(pack_note(handshake.pk))
    write(handshake, [ada], 249)
    snap(handshake)
    assert list(pack_note(handshake.pk)) == []
    write(handshake, [ada], 1)
    snap(handshake)
    assert list(pack_note(handshake.pk)) == [250]


def test_one_that_is_nearly_full_is_filled_and_not_when_that_is_not_worth_it(
    ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "SEGMENT_UPDATES", 1_000)
    write(handshake, [ada], 849)
    snap(handshake)
    list(pack_note(handshake.pk))
    write(handshake, [ada], 240)
    snap(handshake)
    assert list(pack_note(handshake.pk)) == [150]
    assert ranges(handshake) == [(1, 1_000)]
    write(handshake, [ada], 860)
    snap(handshake)
    list(pack_note(handshake.pk))
    assert ranges(handshake) == [(1, 1_000), (1_001, 1_950)]
    write(handshake, [ada], 100)
    snap(handshake)
    list(pack_note(handshake.pk))
    assert ranges(handshake) == [(1, 1_000), (1_001, 1_950), (1_951, 2_050)]


def test_an_epoch_that_is_over_is_packed_without_a_snapshot_and_to_the_last_row(ada: User, handshake: Note) -> None:
    write(handshake, [ada], 6)
    Note.objects.filter(pk=handshake.pk).update(epoch=F("epoch") + 1)
    assert due(0) == ([handshake.pk], None)
    write(handshake, [ada], 150)
    snap(handshake)
    old, new = list(history.updates(handshake.pk, epoch=1)), whole(handshake)
    assert due(0) == ([handshake.pk], None)
    assert list(pack_note(handshake.pk)) == [7, 150]
    assert list(history.updates(handshake.pk, epoch=1)) == old
    assert whole(handshake) == new


def test_a_gap_that_somebody_made_by_hand_stays_one(ada: User, handshake: Note) -> None:
    write(handshake, [ada], 400)
    snap(handshake)
    NoteUpdate.objects.filter(note=handshake, seq__range=(51, 60)).delete()
    before = whole(handshake)
    list(pack_note(handshake.pk))
    assert ranges(handshake) == [(1, 50), (61, 401)]
    assert whole(handshake) == before


def test_what_changed_since_it_was_read_is_not_thrown_away(ada: User, ben: User, handshake: Note) -> None:
    write(handshake, [ada, ben], 300)
    snap(handshake)
    bundle = prepare(handshake.pk)
    assert bundle
    history.quarantine(handshake.pk, [7])
    assert not exchange(bundle)
    assert rows(handshake) == 301
    again = prepare(handshake.pk)
    assert again
    assert exchange(again)
    assert not exchange(again)
    assert [update.seq for update in whole(handshake) if update.quarantined] == [7]


def test_an_account_that_is_closed_meanwhile_is_heeded(ada: User, ben: User, handshake: Note) -> None:
    write(handshake, [ada, ben], 300)
    snap(handshake)
    bundle = prepare(handshake.pk)
    assert bundle
    Membership.objects.filter(user=ben).delete()
    ben.delete()
    assert not exchange(bundle)
    assert list(pack_note(handshake.pk)) == [301]


def test_a_segment_that_changed_since_it_was_read_is_not_replaced(ada: User, handshake: Note) -> None:
    write(handshake, [ada], 199)
    snap(handshake)
    list(pack_note(handshake.pk))
    write(handshake, [ada], 200)
    snap(handshake)
    bundle = prepare(handshake.pk)
    assert bundle
    assert bundle.before
    history.quarantine(handshake.pk, [7])
    assert not exchange(bundle)
    assert list(pack_note(handshake.pk)) == [200]
    assert [update.seq for update in whole(handshake) if update.quarantined] == [7]


def test_a_note_that_is_gone_is_not_packed(ada: User, handshake: Note) -> None:
    write(handshake, [ada], 199)
    snap(handshake)
    bundle = prepare(handshake.pk)
    assert bundle
    handshake.delete()
    assert not exchange(bundle)
    assert not NoteSegment.objects.exists()


def test_notes_are_looked_through_a_part_at_a_time(
    ada: User,
    networking: Notebook,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    monkeypatch.setattr(segments, "WINDOW_NOTES", 2)
    made = [notes.create(ada, notebook=networking, title=title, text="Text") for title in "abc"]
    for note in (made[1], made[2]):
        write(note, [ada], 150)
        snap(note)
    with django_assert_num_queries(2):
        assert due(0) == ([made[1].pk], made[1].pk)
    assert due(made[1].pk) == ([made[2].pk], None)


def test_a_damaged_segment_does_not_keep_later_updates_from_being_packed(
    ada: User, handshake: Note, caplog: pytest.LogCaptureFixture
) -> None:
    write(handshake, [ada], 199)
    snap(handshake)
    list(pack_note(handshake.pk))
    NoteSegment.objects.update(data=b"\x01damaged")
    write(handshake, [ada], 200)
    snap(handshake)
    assert list(pack_note(handshake.pk)) == [200]
    assert ranges(handshake) == [(1, 200), (201, 400)]
    assert "updates 1 to 200" in caplog.text


# --- The command -------------------------------------------------------------------------------------------------


def test_the_command_packs_all_notes(
    ada: User, networking: Notebook, handshake: Note, capsys: pytest.CaptureFixture[str]
) -> None:
    another = notes.create(ada, notebook=networking, title="Another", text="x")
    for note in (handshake, another):
        write(note, [ada], 199)
        snap(note)
    call_command("pack_history")
    assert "400 updates into 2 segments" in capsys.readouterr().out
    call_command("pack_history")
    assert "0 updates" in capsys.readouterr().out
