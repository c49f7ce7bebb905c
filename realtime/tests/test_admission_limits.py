"""How long a note may become, and what an update may delete."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.admission import Admission
from realtime.decoding import Refusal
from realtime.tests.hostile import block, deleted, string, update
from realtime.tests.insight import inside
from realtime.tests.writers import Writer


@given(st.integers(1, 20))
def test_a_note_holds_so_many_units_and_no_more(count: int) -> None:
    known = Admission(max_units=10)
    data = update(block(5, 0, string("x" * count)))
    if count <= 10:
        known.take(data, user_id=1)
    else:
        with pytest.raises(Refusal) as caught:
            known.take(data, user_id=1)
        assert caught.value.code == "too-large"
        assert inside(known) == inside(Admission(max_units=10))


def test_units_are_counted_as_yjs_counts_them() -> None:
    known = Admission(max_units=3)
    known.take(update(block(5, 0, string("é😀"))), user_id=1)
    with pytest.raises(Refusal, match="too-large"):
        known.take(update(block(6, 0, string("x"))), user_id=1)


def test_a_full_note_can_be_edited_if_it_grows_no_further() -> None:
    known, writer = Admission(max_units=5), Writer(7)
    known.take(writer.append("12345"), user_id=1)
    known.take(writer.replace(1, 2, "ab"), user_id=1)
    with pytest.raises(Refusal, match="too-large"):
        known.take(writer.append("6"), user_id=1)


def test_a_note_that_is_too_long_can_be_shortened_but_not_lengthened() -> None:
    known, writer = Admission(max_units=5), Writer(7)
    known.replay(writer.append("123456789"), author_id=1)
    known.take(writer.replace(0, 3, "x"), user_id=1)
    with pytest.raises(Refusal, match="too-large"):
        known.take(writer.append("yz"), user_id=1)


def test_what_is_deleted_already_takes_no_room() -> None:
    known = Admission(max_units=5)
    known.take(update(block(5, 0, deleted(1_000), string("12345"))), user_id=1)
    assert (known.units, known.deleted_units) == (5, 1_000)


def test_text_that_an_update_brings_and_deletes_is_added_and_never_removed() -> None:
    known = Admission(max_units=100)
    known.take(update(block(5, 0, string("old"))), user_id=1)
    change = known.take(update(block(5, 3, string("new")), deletions=[(5, 1, 4)]), user_id=1)
    assert (change.added, change.removed, known.units) == (3, 2, 2)


def test_only_what_is_known_can_be_deleted() -> None:
    known = Admission(max_units=100)
    known.take(update(block(5, 0, string("abc"))), user_id=1)
    before = inside(known)
    for deletion in ((5, 0, 4), (5, 3, 1), (6, 0, 1)):
        with pytest.raises(Refusal, match="unknown-dependency"):
            known.take(update(deletions=[deletion]), user_id=1)
        assert inside(known) == before
    known.take(update(block(6, 0, string("x")), deletions=[(6, 0, 1), (5, 0, 3)]), user_id=1)


def test_a_deletion_of_what_is_deleted_is_empty() -> None:
    known = Admission(max_units=100)
    known.take(update(block(5, 0, string("abc")), deletions=[(5, 0, 2)]), user_id=1)
    assert known.take(update(deletions=[(5, 0, 1), (5, 1, 1)]), user_id=1).empty
    assert not known.take(update(deletions=[(5, 0, 3)]), user_id=1).empty


def test_a_snapshot_with_a_gap_is_refused() -> None:
    with pytest.raises(Refusal):
        Admission(max_units=100).restore(update(block(5, 1, string("abc"))))
