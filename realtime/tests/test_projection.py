"""The projection is the document that the log makes, whenever it is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes.documents import EMPTY_STATE_VECTOR, text_hash, text_of
from realtime.projection import MOST_WAITING, Projection
from realtime.tests.sessions import Step, play, steps
from realtime.tests.writers import Writer


@given(steps, st.data())
def test_whenever_it_is_asked_it_knows_all_that_was_added(script: list[Step], data: st.DataObject) -> None:
    projection, log, reader = Projection(), list[bytes](), Writer(900)
    for _, update in play(script):
        projection.add(update)
        log.append(update)
        match data.draw(st.sampled_from(["", "text", "digest", "state", "difference"])):
            case "text":
                assert projection.text() == text_of(log)
            case "digest":
                assert projection.digest() == text_hash(text_of(log))
            case "state":
                assert text_of([projection.state()]) == text_of(log)
            case "difference":
                reader.hear(projection.difference(reader.state_vector))
                assert reader.text == text_of(log)


def test_it_begins_with_a_snapshot() -> None:
    writer, projection = Writer(7), Projection()
    writer.append("begun")
    projection.begin(writer.state)
    projection.add(writer.append(", continued"))
    assert projection.text() == "begun, continued"


def test_whoever_has_nothing_gets_the_whole_state() -> None:
    projection = Projection()
    projection.add(Writer(7).append("all of it"))
    assert projection.difference(EMPTY_STATE_VECTOR) == projection.state()


def test_a_text_that_stays_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    projection = Projection()
    projection.add(Writer(7).append("asked about by everybody"))
    first = projection.digest()
    monkeypatch.delattr(projection, "_document")
    assert projection.digest() == first


def test_updates_do_not_wait_without_end_for_somebody_to_ask() -> None:
    projection, writer = Projection(), Writer(7)
    for _ in range(3 * MOST_WAITING):
        projection.add(writer.append("x"))
        assert len(projection._waiting) <= MOST_WAITING


def test_an_update_that_the_library_cannot_read_does_not_bar_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """Admission should never let one in; if it did, the note must stay readable."""
    projection, writer = Projection(), Writer(7)
    projection.add(writer.append("before"))
    projection.add(b"\xff not an update")
    projection.add(writer.append(" and after"))
    assert [projection.text(), projection.text()] == ["before and after"] * 2
    assert len(caplog.records) == 1
    assert "not an update" not in caplog.records[0].getMessage()
