"""No character outside the Basic Multilingual Plane is ever cut in two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.admission import Admission
from realtime.decoding import Refusal
from realtime.tests.hostile import Struct, block, deleted, string, units, update
from realtime.tests.insight import inside

TEXT = "a😀b👩‍🚀ß"
# The clocks at which TEXT, written by client 5 from clock 0, can be cut between two characters.
BETWEEN = {units(TEXT[:end]) for end in range(len(TEXT) + 1)}
INSIDE = sorted(set(range(units(TEXT))) - BETWEEN)


def known() -> Admission:
    admission = Admission(max_units=1_000)
    admission.take(update(block(5, 0, string(TEXT))), user_id=1)
    return admission


def refused(data: bytes) -> bool:
    """Whether it is for cutting a character, and changes nothing."""
    admission = known()
    try:
        admission.take(data, user_id=1)
    except Refusal as refusal:
        return refusal.code == "split-character" and inside(admission) == inside(known())
    return False


@pytest.mark.parametrize("clock", range(1, units(TEXT)))
def test_text_goes_between_characters_only(clock: int) -> None:
    after = update(block(6, 0, string("x", left=(5, clock - 1))))
    before = update(block(6, 0, string("x", right=(5, clock))))
    assert refused(after) == refused(before) == (clock in INSIDE)


@given(st.data())
def test_deletions_begin_and_end_between_characters(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, units(TEXT) - 1))
    end = data.draw(st.integers(start + 1, units(TEXT)))
    assert refused(update(deletions=[(5, start, end - start)])) == (start in INSIDE or end in INSIDE)


@pytest.mark.parametrize("struct", [string("x", left=(5, 1)), deleted(2, left=(5, 1)), string("x", right=(5, 2))])
def test_every_kind_of_struct_is_looked_at(struct: Struct) -> None:
    assert refused(update(block(6, 0, string("fine", left=(5, 0)), struct)))


@pytest.mark.parametrize(
    "data",
    [
        update(block(6, 0, string("😀"), string("x", left=(6, 0)))),
        update(block(6, 0, string("x", left=(7, 0))), block(7, 0, string("😀"))),
        update(block(6, 0, string("😀")), deletions=[(6, 0, 1)]),
        update(block(6, 0, string("😀")), deletions=[(6, 1, 1)]),
    ],
    ids=["own", "another client's", "first half", "second half"],
)
def test_a_character_of_the_same_update_is_not_cut_either(data: bytes) -> None:
    assert refused(data)


def test_two_deletions_that_meet_inside_a_character_are_refused() -> None:
    assert refused(update(deletions=[(5, 0, 2), (5, 2, 2)]))


def test_characters_of_a_snapshot_are_not_cut() -> None:
    admission = Admission(max_units=1_000)
    admission.restore(update(block(5, 0, string(TEXT))))
    for clock in INSIDE:
        with pytest.raises(Refusal, match="split-character"):
            admission.take(update(deletions=[(5, clock, 1)]), user_id=1)


def test_a_character_that_was_taken_back_leaves_no_trace() -> None:
    admission = Admission(max_units=1_000)
    admission.undo(admission.take(update(block(5, 0, string("😀"))), user_id=1))
    admission.take(update(block(5, 0, string("ab"))), user_id=1)
    assert admission.take(update(deletions=[(5, 1, 1)]), user_id=1).removed == 1
