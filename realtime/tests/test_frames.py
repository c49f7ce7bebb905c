"""Frames: what a client may send is read exactly, and nothing else is."""

import struct
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import protocol
from realtime.protocol import (
    AwarenessAsked,
    AwarenessEntry,
    AwarenessSent,
    CheckAsked,
    MalformedError,
    StateVectorAsked,
    UpdateSent,
    read_frame,
)
from realtime.tests.hostile import lengthed, varint

clients = st.integers(0, 2**53 - 1)
clocks = st.dictionaries(clients, st.integers(0, 2**31 - 1), max_size=5)
# Whole characters only: a string on the wire is UTF-8.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
entries = st.builds(AwarenessEntry, clients, st.integers(0, 2**50), texts)

CHECK = b"\x68" + lengthed(b"\x00") + b"\x00" + bytes(32)
SOUND = [
    b"\x00\x00" + lengthed(b"\x00"),
    b"\x00\x01" + lengthed(b"\x00\x00"),
    b"\x00\x02" + lengthed(b"\x00\x00"),
    b"\x01" + lengthed(b"\x00"),
    b"\x03",
    CHECK,
]


@given(clocks)
def test_a_state_vector_is_read_as_it_was_written(known: dict[int, int]) -> None:
    frame = read_frame(protocol.step_1(known))
    assert frame == StateVectorAsked(protocol.state_vector(known), known)


@given(st.binary(max_size=300))
def test_both_kinds_of_update_message_carry_their_bytes_unread(data: bytes) -> None:
    assert read_frame(protocol.step_2(data)) == read_frame(protocol.update(data)) == UpdateSent(data)


@given(st.lists(entries, max_size=4))
def test_awareness_is_read_as_it_was_written(sent: list[AwarenessEntry]) -> None:
    assert read_frame(protocol.awareness(sent)) == AwarenessSent(tuple(sent))


@given(clocks, st.integers(0, 2**40), st.binary(min_size=32, max_size=32))
def test_a_check_is_read(known: dict[int, int], deleted: int, digest: bytes) -> None:
    frame = b"\x68" + lengthed(protocol.state_vector(known)) + varint(deleted) + digest
    assert read_frame(frame) == CheckAsked(known, deleted, digest)


def test_awareness_can_be_asked_for() -> None:
    assert read_frame(b"\x03") == AwarenessAsked()


@pytest.mark.parametrize("frame", SOUND, ids=bytes.hex)
def test_a_sound_frame_with_anything_after_it_or_missing_is_refused(frame: bytes) -> None:
    read_frame(frame)
    with pytest.raises(MalformedError):
        read_frame(frame + b"\x00")
    for kept in range(len(frame)):
        with pytest.raises(MalformedError):
            read_frame(frame[:kept])


@given(st.integers(0, 2**20).filter(lambda kind: kind not in (0, 1, 3, 104)), st.binary(max_size=40))
def test_what_only_the_server_sends_and_unknown_messages_are_refused(kind: int, rest: bytes) -> None:
    with pytest.raises(MalformedError):
        read_frame(varint(kind) + rest)


@given(st.integers(3, 2**20), st.binary(max_size=40))
def test_an_unknown_sync_step_is_refused(step: int, body: bytes) -> None:
    with pytest.raises(MalformedError, match="unknown sync"):
        read_frame(b"\x00" + varint(step) + lengthed(body))


@given(st.sampled_from([0, 1, 3, 104]), st.integers(1, 2))
def test_a_message_type_has_one_spelling(kind: int, padding: int) -> None:
    with pytest.raises(MalformedError, match="shortest"):
        read_frame(varint(kind, padding=padding) + b"\x00\x00")


@given(st.binary(max_size=200))
def test_garbage_is_read_or_refused_and_nothing_else_happens(data: bytes) -> None:
    with suppress(MalformedError):
        read_frame(data)


@pytest.mark.parametrize("claim", [1, 400_000_000, 2**56 - 1])
@pytest.mark.parametrize("prefix", [b"\x00\x00", b"\x01", b"\x68"], ids=["step 1", "awareness", "check"])
def test_a_claim_of_many_entries_costs_nothing(prefix: bytes, claim: int) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError, match="claims more entries"):
            read_frame(prefix + lengthed(varint(claim)) + bytes(33))
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_a_state_vector_names_each_client_once() -> None:
    with pytest.raises(MalformedError, match="named twice"):
        protocol.read_state_vector(b"\x02" + b"\x05\x01" * 2)


def test_client_ids_end_below_2_to_the_53() -> None:
    assert protocol.read_state_vector(b"\x01" + varint(2**53 - 1) + b"\x01") == {2**53 - 1: 1}
    with pytest.raises(MalformedError):
        protocol.read_state_vector(b"\x01" + varint(2**53) + b"\x01")
    with pytest.raises(MalformedError):
        protocol.read_awareness(b"\x01" + varint(2**53) + b"\x01" + lengthed(b"{}"))


def test_a_string_that_is_not_utf_8_is_refused() -> None:
    # Half of a surrogate pair, spelled as UTF-8 never is.
    with pytest.raises(MalformedError, match="UTF-8"):
        protocol.read_awareness(b"\x01\x05\x01" + lengthed(b'"\xed\xa0\x80"'))


def test_server_messages_are_spelled_as_the_document_says() -> None:
    assert protocol.stored(300, 5) == b"\x64\xac\x02\x05"
    assert protocol.refused(1, "root", "é") == b"\x65\x01\x04root\x02\xc3\xa9"
    assert protocol.hello(1, 200, "owner") == b"\x66\x01\xc8\x01\x05owner"
    assert protocol.access("viewer") == b"\x67\x06viewer"
    assert protocol.check(protocol.Verdict.NOT_NOW) == b"\x68\x02"
    assert protocol.trouble("storage", "x") == b"\x69\x07storage\x01x"
    assert protocol.resync(4) == b"\x6a\x04"
    assert protocol.closing(4400, "no") == b"\x6b" + struct.pack("BB", 0xB0, 0x22) + b"\x02no"
