"""Every reason to refuse an update's bytes, by rule. docs/protocol.md, "What is admitted"."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.decoding import Refusal, decode
from realtime.tests.hostile import (
    HAS_KEY,
    HAS_LEFT,
    HAS_RIGHT,
    Block,
    Struct,
    block,
    deleted,
    lengthed,
    string,
    update,
    varint,
)

SOUND = update(block(5, 0, string("héllo 😀"), deleted(3)), block(9, 4, string("x", left=(5, 1), right=(5, 2))),
               deletions=[(5, 0, 2), (5, 4, 1), (9, 4, 1)])  # fmt: skip
kinds = st.integers(0, 31).filter(lambda kind: kind not in (1, 4))


def refusal_of(data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        decode(data)
    return caught.value.code


def test_a_sound_update_is_decoded_whole() -> None:
    decoded = decode(SOUND)
    assert [(part.client, part.start, part.end) for part in decoded.blocks] == [(5, 0, 11), (9, 4, 5)]
    text, gone = decoded.blocks[0].structs
    assert (text.length, text.halves) == (8, (7,))
    assert (gone.clock, gone.length) == (8, 3)
    (leaning,) = decoded.blocks[1].structs
    assert (leaning.left, leaning.right) == ((5, 1), (5, 2))
    assert decoded.deletions == [(5, 0, 2), (5, 4, 5), (9, 4, 5)]


@pytest.mark.parametrize("kept", range(len(SOUND)))
def test_an_update_that_is_cut_off_is_malformed(kept: int) -> None:
    assert refusal_of(SOUND[:kept]) == "malformed"


@given(st.binary(min_size=1, max_size=20))
def test_bytes_after_the_update_are_malformed(rest: bytes) -> None:
    assert refusal_of(SOUND + rest) == "malformed"


@given(kinds, st.sampled_from([0, HAS_LEFT, HAS_RIGHT, HAS_KEY, HAS_LEFT | HAS_RIGHT]), st.binary(max_size=20))
def test_structs_of_every_other_kind_are_refused(kind: int, flags: int, content: bytes) -> None:
    # Among them Skip (10), formats (6), embeds (5), nested types (7) and JSON (2).
    assert refusal_of(update(block(5, 0, Struct(kind, content, 1, flags=flags)))) == "struct"


@given(st.sampled_from([HAS_LEFT, HAS_RIGHT, HAS_KEY]))
def test_a_collected_struct_has_no_origins(flag: int) -> None:
    # Yjs ignores these bits there, yrs reads a struct of another kind.
    assert refusal_of(update(block(5, 0, Struct(0, varint(3), 3, flags=flag)))) == "struct"


def test_an_empty_string_is_refused() -> None:
    assert refusal_of(update(block(5, 0, string("")))) == "struct"


def test_a_map_key_is_refused() -> None:
    keyed = Struct(4, lengthed(b"k") + lengthed(b"x"), 1, flags=HAS_KEY)
    assert refusal_of(update(block(5, 0, keyed))) == "struct"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(lambda name: name != "content"))
def test_every_other_root_is_refused(name: str) -> None:
    other = Struct(4, lengthed(b"x"), 1, parent=b"\x01" + lengthed(name.encode()))
    assert refusal_of(update(block(5, 0, other))) == "root"


@given(st.sampled_from([0, 2, 7]))
def test_a_parent_that_is_no_root_is_refused(named: int) -> None:
    nested = Struct(4, lengthed(b"x"), 1, parent=varint(named) + varint(5) + varint(0))
    assert refusal_of(update(block(5, 0, nested))) == "root"


@given(st.sampled_from([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"]))
def test_text_that_is_not_utf_8_is_malformed(raw: bytes) -> None:
    assert refusal_of(update(block(5, 0, Struct(4, lengthed(raw), 1)))) == "malformed"


@given(st.integers(2**53, 2**56 - 1))
def test_client_ids_out_of_range_are_refused_wherever_they_stand(client: int) -> None:
    assert refusal_of(update(block(client, 0, string("x")))) == "range"
    assert refusal_of(update(block(5, 0, string("x", left=(client, 0))))) == "range"
    assert refusal_of(update(block(5, 0, string("x", right=(client, 0))))) == "range"
    assert refusal_of(update(deletions=[(client, 0, 1)])) == "range"


@given(st.integers(2**31, 2**56 - 1))
def test_clocks_and_lengths_out_of_range_are_refused_wherever_they_stand(clock: int) -> None:
    assert refusal_of(update(block(5, clock, string("x")))) == "range"
    assert refusal_of(update(block(5, 0, string("x", left=(6, clock))))) == "range"
    assert refusal_of(update(block(5, 0, deleted(clock)))) == "range"
    assert refusal_of(update(deletions=[(5, clock, 1)])) == "range"
    assert refusal_of(update(deletions=[(5, 0, clock)])) == "range"


def test_lengths_that_add_up_to_too_much_are_refused() -> None:
    assert refusal_of(update(block(5, 0, *[deleted(2**30)] * 2))) == "range"
    assert refusal_of(update(deletions=[(5, 2**30, 2**30)])) == "range"


def test_a_length_of_nothing_is_refused() -> None:
    assert refusal_of(update(block(5, 0, deleted(0)))) == "range"
    assert refusal_of(update(deletions=[(5, 0, 0)])) == "range"


def test_a_client_is_named_once() -> None:
    assert refusal_of(update(block(5, 0, string("x")), block(5, 1, string("y")))) == "range"


def test_a_client_without_structs_is_malformed() -> None:
    assert refusal_of(update(Block(5, 0, ()))) == "malformed"


@given(st.integers(2**20, 2**56 - 1))
def test_claims_of_more_than_the_bytes_can_hold_are_refused_at_once(claim: int) -> None:
    assert refusal_of(varint(claim) + b"\x00" * 8) in ("range", "malformed")
    assert refusal_of(b"\x01" + varint(claim) + b"\x05\x00" + string("x").encoded()) == "malformed"
    assert refusal_of(b"\x00" + varint(claim) + b"\x00" * 8) == "malformed"
    assert refusal_of(b"\x00\x01\x05" + varint(claim) + b"\x00" * 8) == "malformed"
    assert refusal_of(update(block(5, 0, Struct(4, varint(claim) + b"x", 1)))) == "malformed"


@given(st.binary(max_size=120))
def test_garbage_is_decoded_or_refused_and_nothing_else_happens(data: bytes) -> None:
    with suppress(Refusal):
        decode(data)


@given(st.data())
def test_an_update_with_some_bytes_changed_is_decoded_or_refused(data: st.DataObject) -> None:
    changed = bytearray(SOUND)
    for at in data.draw(st.lists(st.integers(0, len(SOUND) - 1), max_size=4)):
        changed[at] = data.draw(st.integers(0, 255))
    with suppress(Refusal):
        decode(bytes(changed))


@pytest.mark.parametrize("gone", [[(5, 4, 1), (5, 0, 2)], [(5, 0, 2), (5, 1, 1)], [(5, 0, 2), (5, 0, 2)]])
def test_deletions_in_another_order_than_that_of_yjs_are_refused(gone: list[tuple[int, int, int]]) -> None:
    """Backwards, a quarter of a megabyte of them held up the server for ten seconds."""
    ranges = b"".join(varint(clock) + varint(length) for _, clock, length in gone)
    assert refusal_of(varint(0) + varint(1) + varint(5) + varint(len(gone)) + ranges) == "range"


def test_a_client_is_named_once_among_the_deletions() -> None:
    assert refusal_of(varint(0) + varint(2) + 2 * (varint(5) + varint(1) + varint(0) + varint(1))) == "range"
