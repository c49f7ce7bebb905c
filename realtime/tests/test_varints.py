"""Numbers on the wire: one spelling each, at most eight bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import protocol
from realtime.protocol import MalformedError, read_varint
from realtime.tests import hostile

LARGEST = 2**56 - 1


@given(st.integers(0, LARGEST), st.binary(max_size=4))
def test_a_number_is_read_as_it_was_written_whatever_follows(number: int, rest: bytes) -> None:
    written = protocol.varint(number)
    assert written == hostile.varint(number)
    assert read_varint(written + rest, 0) == (number, len(written))


@given(st.integers(0, LARGEST), st.binary(min_size=1, max_size=4))
def test_a_number_is_read_from_any_position(number: int, before: bytes) -> None:
    written = protocol.varint(number)
    assert read_varint(before + written, len(before)) == (number, len(before) + len(written))


@given(st.integers(0, 2**40), st.integers(1, 2))
def test_a_longer_spelling_of_a_number_is_refused(number: int, padding: int) -> None:
    with pytest.raises(MalformedError, match="shortest"):
        read_varint(hostile.varint(number, padding=padding), 0)


@given(st.integers(LARGEST + 1, 2**80))
def test_nine_bytes_are_too_many(number: int) -> None:
    with pytest.raises(MalformedError, match="too long"):
        read_varint(hostile.varint(number), 0)


@given(st.integers(0, LARGEST), st.data())
def test_a_number_that_is_cut_off_is_refused(number: int, data: st.DataObject) -> None:
    written = protocol.varint(number)
    kept = data.draw(st.integers(0, len(written) - 1))
    with pytest.raises(MalformedError, match="ends inside"):
        read_varint(written[:kept], 0)


def test_endless_continuation_is_given_up_after_eight_bytes() -> None:
    with pytest.raises(MalformedError, match="too long"):
        read_varint(b"\xff" * 1_000_000, 0)
