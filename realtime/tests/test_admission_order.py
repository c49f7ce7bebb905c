"""Several clients in one update may lean on each other in any order, but not in a circle."""

import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.admission import Admission
from realtime.decoding import Refusal
from realtime.tests.hostile import Block, Id, Struct, block, deleted, string, update
from realtime.tests.insight import inside

# Who writes the next piece, and how far back its left and right neighbours are in the history (0: none).
histories = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=25)
type History = list[tuple[int, int, int]]


def admission() -> Admission:
    return Admission(max_units=10_000)


def blocks_of(history: History) -> list[Block]:
    """Each piece leans on pieces before it in the history; each client's pieces make one block."""
    clocks: dict[int, int] = {}
    structs: dict[int, list[Struct]] = {}
    pieces: list[Id] = []
    for client, back_left, back_right in history:
        left, right = (pieces[-back] if 0 < back <= len(pieces) else None for back in (back_left, back_right))
        structs.setdefault(client, []).append(string("x", left=left, right=right))
        pieces.append((client, clocks.get(client, 0)))
        clocks[client] = clocks.get(client, 0) + 1
    return [Block(client, 0, parts) for client, parts in structs.items()]


@given(histories, st.data())
def test_clients_that_lean_on_each_other_are_taken_in_any_order(history: History, data: st.DataObject) -> None:
    blocks = data.draw(st.permutations(blocks_of(history)))
    known = admission()
    change = known.take(update(*blocks), user_id=1)
    assert change.added == len(history) == sum(known.clocks.values())


@given(histories, histories, st.data())
def test_pieces_may_lean_on_what_is_known_and_on_each_other(
    first: History, second: History, data: st.DataObject
) -> None:
    whole = blocks_of(first + second)
    begun = blocks_of(first)
    lengths = {part.client: len(part.structs) for part in begun}
    rest = [
        Block(part.client, lengths.get(part.client, 0), part.structs[lengths.get(part.client, 0) :])
        for part in whole
        if len(part.structs) > lengths.get(part.client, 0)
    ]
    known, at_once = admission(), admission()
    known.take(update(*begun), user_id=1)
    known.take(update(*data.draw(st.permutations(rest))), user_id=1)
    at_once.take(update(*whole), user_id=1)
    assert inside(known) == inside(at_once)


@given(histories, st.data())
def test_two_pieces_that_lean_on_each_other_are_refused_among_any_others(history: History, data: st.DataObject) -> None:
    blocks = [*blocks_of(history), block(90, 0, string("x", left=(91, 0))), block(91, 0, string("x", right=(90, 0)))]
    known = admission()
    with pytest.raises(Refusal) as caught:
        known.take(update(*data.draw(st.permutations(blocks))), user_id=1)
    assert caught.value.code == "unknown-dependency"
    assert inside(known) == inside(admission())


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_circle_of_any_length_is_refused(length: int) -> None:
    """Client n leans on client n + 1, the last on the first; and each has a sound piece before that."""
    circle = [block(n, 0, string("x"), string("x", left=((n + 1) % length, 1))) for n in range(length)]
    with pytest.raises(Refusal) as caught:
        admission().take(update(*circle), user_id=1)
    assert caught.value.code == "unknown-dependency"


def test_a_piece_that_leans_on_itself_is_refused() -> None:
    for leaning in (string("xyz", left=(5, 1)), string("xyz", right=(5, 0)), deleted(3, left=(5, 2))):
        with pytest.raises(Refusal) as caught:
            admission().take(update(block(5, 0, leaning)), user_id=1)
        assert caught.value.code == "unknown-dependency"


@given(histories, st.booleans(), st.integers(0, 40))
def test_a_piece_that_leans_on_what_nobody_wrote_is_refused(history: History, left: bool, ahead: int) -> None:
    blocks = blocks_of(history)
    end = len(blocks[0].structs)
    beyond = (blocks[0].client, end + ahead)
    leaning = block(90, 0, string("x", left=beyond) if left else string("x", right=beyond))
    with pytest.raises(Refusal) as caught:
        admission().take(update(*blocks, leaning), user_id=1)
    assert caught.value.code == "unknown-dependency"


def test_clients_that_wait_long_are_not_looked_at_again_and_again() -> None:
    """A frame's worth of clients waits for the last piece of a pair whose pieces alternate."""
    turns = 8_000
    pair = [
        Block(1, 0, [string("x", left=(2, turn - 1) if turn else None) for turn in range(turns)]),
        Block(2, 0, [string("x", left=(1, turn)) for turn in range(turns)]),
    ]
    waiting = [block(client, 0, string("x", left=(2, turns - 1))) for client in range(3, 1_000)]
    assert _calls(pair + waiting) < 2 * _calls(pair)


def _calls(blocks: list[Block]) -> int:
    """The work, in calls of functions: seconds would say more about the machine."""
    data, taking, calls = update(*blocks), Admission(max_units=100_000), 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        taking.take(data, user_id=1)
    finally:
        sys.setprofile(before)
    return calls
