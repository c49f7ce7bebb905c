"""Whatever people write is taken, and admission knows of it what a CRDT library knows. pycrdt is the oracle."""

import pytest
from hypothesis import given

from notes.documents import Document
from realtime.admission import Admission, Resync
from realtime.protocol import read_state_vector, state_vector
from realtime.tests.hostile import units
from realtime.tests.insight import inside, without_forgotten_halves
from realtime.tests.sessions import Step, play, steps
from realtime.tests.writers import Writer


def admission() -> Admission:
    return Admission(max_units=1_000_000)


@given(steps)
def test_everything_written_is_taken_and_counted_as_the_document_counts(script: list[Step]) -> None:
    known, document, added, removed = admission(), Document(), 0, 0
    for who, update in play(script):
        change = known.take(update, user_id=who + 1)
        document.apply(update)
        added += change.added
        removed += change.removed
        assert known.clocks == read_state_vector(document.state_vector())
        assert known.units == units(document.text()) == added - removed
        assert known.deleted_units == sum(known.clocks.values()) - units(document.text())


@given(steps)
def test_an_update_that_comes_again_is_empty_and_changes_nothing(script: list[Step]) -> None:
    known, sent = admission(), play(script)
    for who, update in sent:
        known.take(update, user_id=who + 1)
        before = inside(known)
        assert known.take(update, user_id=who + 1).empty
        assert inside(known) == before
    for who, update in sent:
        assert known.take(update, user_id=who + 1).empty


@given(steps)
def test_replaying_the_log_gives_what_taking_it_gave(script: list[Step]) -> None:
    taken, replayed = admission(), admission()
    for who, update in play(script):
        taken.take(update, user_id=who + 1)
        replayed.replay(update, author_id=who + 1)
    assert inside(replayed) == inside(taken)


@given(steps)
def test_a_snapshot_restores_what_replaying_gives(script: list[Step]) -> None:
    replayed, restored, document = admission(), admission(), Document()
    for who, update in play(script):
        replayed.replay(update, author_id=who + 1)
        document.apply(update)
    restored.restore(document.state())
    restored.owners.update(replayed.owners)
    assert inside(restored) == without_forgotten_halves(inside(replayed))


@given(steps, steps)
def test_writing_goes_on_after_a_snapshot_as_without_it(before: list[Step], after: list[Step]) -> None:
    replayed, document = admission(), Document()
    sent = play([*before, *after])
    first, rest = sent[: len(sent) // 2], sent[len(sent) // 2 :]
    for who, update in first:
        replayed.replay(update, author_id=who + 1)
        document.apply(update)
    restored = Admission(max_units=1_000_000, owners=dict(replayed.owners))
    restored.restore(document.state())
    for who, update in rest:
        assert restored.take(update, who + 1) == replayed.take(update, who + 1)
    assert without_forgotten_halves(inside(restored)) == without_forgotten_halves(inside(replayed))


@given(steps)
def test_the_exact_difference_is_taken_whole_whatever_came_before(script: list[Step]) -> None:
    known, writer = admission(), Writer(500)
    for number, (_, update) in enumerate(play(script)):
        writer.hear(update)
        if number % 3 == 0:
            writer.append("mine")
        if number % 4 == 0:
            # One user with several client ids: what older sessions wrote offline comes along.
            known.take(writer.lacks(state_vector(known.clocks)), user_id=1)
            assert known.clocks == writer.clocks
    known.take(writer.lacks(state_vector(known.clocks)), user_id=1)
    assert known.clocks == writer.clocks
    assert known.units == units(writer.text)


def test_a_snapshot_of_more_sessions_than_one_update_may_carry_is_restored() -> None:
    known, document = admission(), Document()
    for client in range(1, 1_101):
        update = Writer(client).insert(0, "x")
        known.take(update, user_id=1)
        document.apply(update)
    restored = admission()
    restored.restore(document.state())
    assert restored.clocks == known.clocks


def test_a_gap_is_answered_with_a_resync() -> None:
    known, writer = admission(), Writer(7)
    writer.insert(0, "lost")
    with pytest.raises(Resync):
        known.take(writer.append(" and found"), user_id=1)
    assert inside(known) == inside(admission())


def test_a_partial_overlap_is_answered_with_a_resync() -> None:
    known, writer = admission(), Writer(7)
    known.take(writer.insert(0, "known"), user_id=1)
    before = inside(known)
    writer.append(" and new")
    with pytest.raises(Resync):
        known.take(writer.state, user_id=1)
    assert inside(known) == before
