"""A segment gives back what went into it, byte for byte: whatever people write, and whatever else stands in a log."""

import lzma
import random
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes.packing import DamagedSegmentError, LoggedUpdate, pack, unpack
from notes.packing.numbers import folded, read_all, unfolded, write
from notes.packing.pressing import ANSWER, Load, PackingError, answer_to, answered, heard, press, told
from notes.packing.segment import FILTERS, VERSION
from realtime.tests.hostile import block, deleted, string, update
from realtime.tests.sessions import Step, play, steps
from realtime.tests.writers import Writer

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
moments = st.datetimes(timezones=st.just(UTC))
keys = st.none() | st.integers(0, 2**63 - 1)


def log_of(updates: list[tuple[int, bytes]], first_seq: int = 1) -> list[LoggedUpdate]:
    """One update a second; each with the number of its author."""
    return [
        LoggedUpdate(first_seq + at, data, author, 1, MONDAY + timedelta(seconds=at), quarantined=False)
        for at, (author, data) in enumerate(updates)
    ]


# --- What people write -------------------------------------------------------------------------------------------


@given(steps.filter(bool), st.integers(0, 2**40))
def test_whatever_people_write_comes_back_as_it_was(script: list[Step], first_seq: int) -> None:
    log = log_of(play([*script, (0, "insert", 0, 0, "x")]), first_seq)
    assert unpack(pack(log)) == log


@given(steps, st.data())
def test_a_log_that_begins_in_the_middle_comes_back_too(script: list[Step], data: st.DataObject) -> None:
    log = log_of(play([*script, (0, "insert", 0, 0, "x")]))
    start = data.draw(st.integers(0, len(log) - 1))
    assert unpack(pack(log[start:])) == log[start:]


@given(st.lists(st.tuples(moments, keys, st.integers(0, 32_767), st.booleans()), min_size=1, max_size=20))
def test_authors_doors_times_and_quarantine_come_back(
    told: list[tuple[datetime, int | None, int, bool]],
) -> None:
    log = [
        LoggedUpdate(seq, b"\x00\x00", author, origin, at, quarantined)
        for seq, (at, author, origin, quarantined) in enumerate(told, start=7)
    ]
    assert unpack(pack(log)) == log


def test_typing_takes_less_than_four_bytes_a_key() -> None:
    dice, writer, text = random.Random(1), Writer(2_345_678_901), "the quick brown fox jumps over the lazy dog, "
    log, now = [], MONDAY
    for seq in range(1, 2_001):
        now += timedelta(milliseconds=dice.randint(60, 400))
        rubbed_out = dice.random() < 0.1 and writer.text
        data = writer.delete(len(writer.text) - 1, 1) if rubbed_out else writer.append(text[seq % len(text)])
        log.append(LoggedUpdate(seq, data, 1, 1, now, quarantined=False))
    packed = pack(log)
    assert unpack(packed) == log
    assert len(packed) < 4 * len(log)


# --- What nobody writes ------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=20))
def test_any_bytes_come_back(updates: list[bytes]) -> None:
    log = log_of([(1, data) for data in updates])
    assert unpack(pack(log)) == log


@given(steps, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 200), st.integers(0, 255)), max_size=10))
def test_updates_with_a_byte_changed_come_back(script: list[Step], changes: list[tuple[int, int, int]]) -> None:
    updates = [(author, bytearray(data)) for author, data in play([*script, (0, "insert", 0, 0, "x")])]
    for which, place, byte in changes:
        data = updates[which % len(updates)][1]
        data[place % len(data)] = byte
    log = log_of([(author, bytes(data)) for author, data in updates])
    assert unpack(pack(log)) == log


@pytest.mark.parametrize(
    "data",
    [
        b"",
        update(block(5, 2**31 - 1, string("far")), block(2**53 - 1, 0, deleted(2**50))),
        update(block(5, 0, string(""))),
        update(deletions=[(5, 9, 3), (6, 0, 1), (5, 0, 2**55)]),
        b"\x00\x01\x06\x00",
        update(block(5, 0)),
    ],
    ids=["nothing", "large numbers", "an empty text", "odd deletions", "no deletions", "a block of nothing"],
)
def test_what_no_client_sends_comes_back(data: bytes) -> None:
    log = log_of([(1, data), (2, data), (1, Writer(5).append("x")), (1, data)])
    assert unpack(pack(log)) == log


def test_a_segment_has_no_gaps() -> None:
    log = log_of([(1, b"a"), (1, b"b"), (1, b"c")])
    for wrong in ([], [log[0], log[2]], [log[1], log[0]]):
        with pytest.raises(ValueError, match="consecutive"):
            pack(wrong)


# --- Damage ------------------------------------------------------------------------------------------------------


@given(st.data())
def test_a_changed_byte_is_found(data: st.DataObject) -> None:
    segment = bytearray(pack(log_of([(1, Writer(5).append("Three segments are enough."))])))
    at = data.draw(st.integers(0, len(segment) - 1))
    segment[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DamagedSegmentError):
        unpack(bytes(segment))


@given(st.integers(1, 60), st.booleans())
def test_a_segment_that_is_cut_off_or_goes_on_is_found(count: int, longer: bool) -> None:
    segment = pack(log_of([(1, Writer(5).append("Three segments are enough."))]))
    with pytest.raises(DamagedSegmentError):
        unpack(segment + b"\x00" * count if longer else segment[:-count])


@given(st.lists(st.integers(0, 300), max_size=60))
def test_a_sum_that_fits_does_not_make_sense_of_nonsense(body: list[int]) -> None:
    """As a faulty version of ours could write it: never another error than the one that is named."""
    with pytest.raises(DamagedSegmentError):
        unpack(sealed(write([*body, 1])))


def test_an_unknown_version_is_said_to_be_unreadable() -> None:
    segment = pack(log_of([(1, b"x")]))
    with pytest.raises(DamagedSegmentError, match="version"):
        unpack(bytes((VERSION + 1,)) + segment[1:])


def sealed(body: bytes) -> bytes:
    """A body with the right length and checksum."""
    rest = write([len(body)]) + lzma.compress(body, lzma.FORMAT_RAW, filters=FILTERS)
    return bytes((VERSION,)) + zlib.crc32(rest).to_bytes(4) + rest


# --- On the way to another process -------------------------------------------------------------------------------


@given(
    st.none() | st.binary(max_size=40),
    st.lists(st.tuples(st.binary(max_size=40), moments, keys, st.integers(0, 32_767), st.booleans()), min_size=1),
    st.integers(0, 10**9),
)
def test_another_process_is_told_all_of_it(
    before: bytes | None, rows: list[tuple[bytes, datetime, int | None, int, bool]], most_bytes: int
) -> None:
    updates = [
        LoggedUpdate(seq, data, author, origin, at, quarantined)
        for seq, (data, at, author, origin, quarantined) in enumerate(rows, start=7)
    ]
    load = Load(before, updates, most_bytes)
    request = told(load)
    assert heard(request) == load
    for cut in range(len(request)):
        with pytest.raises(ValueError, match="load"):
            heard(request[:cut])


@given(steps.filter(bool), st.booleans())
def test_it_makes_the_same_segment(script: list[Step], joined: bool) -> None:
    log = log_of(play([*script, (0, "insert", 0, 0, "x"), (0, "send", 0, 0, ""), (0, "insert", 0, 0, "y")]))
    half = len(log) // 2 if joined else 0
    load = Load(pack(log[:half]) if half else None, log[half:], 10**6)
    pressed = answered(answer_to(told(load)))
    assert pressed == press(load)
    assert unpack(pressed.data) == log


def test_a_segment_before_that_is_damaged_is_left_alone() -> None:
    log = log_of([(1, b"a"), (1, b"b")])
    pressed = answered(answer_to(told(Load(b"\x01damaged", log, 10**6))))
    assert (pressed.joined, pressed.damaged) == (False, True)
    assert unpack(pressed.data) == log


def test_an_answer_that_is_not_as_it_was_given_is_not_taken() -> None:
    given = answer_to(told(Load(None, log_of([(1, b"a"), (1, b"b")]), 10**6)))
    for wrong in (b"", given[:-1], given + b"x", given[: ANSWER.size]):
        with pytest.raises(PackingError):
            answered(wrong)


# --- Numbers -----------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(-(2**70), 2**70)))
def test_numbers_come_back(numbers: list[int]) -> None:
    assert [unfolded(number) for number in read_all(write(map(folded, numbers)))] == numbers
