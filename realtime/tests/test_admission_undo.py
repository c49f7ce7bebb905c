"""Taking a change back leaves nothing of it: neither a right nor a byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.admission import Admission, Change, Resync
from realtime.decoding import Refusal
from realtime.tests.hostile import block, deleted, string, update
from realtime.tests.insight import inside
from realtime.tests.sessions import Step, play, steps


def admission() -> Admission:
    return Admission(max_units=1_000)


@given(steps)
def test_changes_taken_back_in_reverse_leave_each_state_as_it_was(script: list[Step]) -> None:
    known, done = admission(), []
    for who, data in play(script):
        before = inside(known)
        done.append((before, known.take(data, who + 1)))
    for before, change in reversed(done):
        known.undo(change)
        assert inside(known) == before


@given(steps, st.data())
def test_what_was_taken_back_can_be_taken_again(script: list[Step], data: st.DataObject) -> None:
    """As a room does when another process wrote first: some back, then the same ones again."""
    known, done = admission(), list[tuple[int, bytes, Change]]()
    for who, sent in play(script):
        done.append((who, sent, known.take(sent, who + 1)))
        back = data.draw(st.integers(0, min(3, len(done))))
        before = inside(known)
        again = done[len(done) - back :]
        for _, _, change in reversed(again):
            known.undo(change)
        del done[len(done) - back :]
        done += [(author, update, known.take(update, author + 1)) for author, update, _ in again]
        assert inside(known) == before


REFUSED = {
    "leans on something unknown": update(block(5, 0, string("😀"), deleted(2), string("x", left=(77, 0)))),
    "deletes something unknown": update(block(5, 0, string("😀"), deleted(2)), deletions=[(5, 0, 2), (77, 0, 1)]),
    "cuts a character": update(block(5, 0, string("😀"), deleted(2)), block(6, 0, string("x", left=(5, 0)))),
    "deletes half of a character": update(block(5, 0, deleted(2), string("😀")), deletions=[(5, 2, 1)]),
    "too long": update(block(5, 0, string("😀" + "x" * 1_000), deleted(3)), deletions=[(5, 4, 1)]),
    "a gap": update(block(5, 1, string("x"))),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_a_refused_update_leaves_nothing_behind(data: bytes) -> None:
    known = admission()
    with pytest.raises((Refusal, Resync)):
        known.take(data, user_id=1)
    assert inside(known) == inside(admission())


@given(st.lists(st.sampled_from(list(REFUSED.values()))), steps)
def test_refusals_in_between_change_nothing_for_the_others(refused: list[bytes], script: list[Step]) -> None:
    known, undisturbed = admission(), admission()
    for number, (who, data) in enumerate(play(script)):
        known.take(data, who + 1)
        undisturbed.take(data, who + 1)
        if number < len(refused):
            with pytest.raises((Refusal, Resync)):
                known.take(refused[number], user_id=9)
            assert inside(known) == inside(undisturbed)
