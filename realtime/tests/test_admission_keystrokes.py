"""A keystroke is admitted by a short way, which decides as the long one does and leaves the same behind."""

from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import admission
from realtime.admission import Admission, Change, Resync
from realtime.decoding import Refusal, keystroke
from realtime.tests.insight import inside
from realtime.tests.sessions import Step, play, steps
from realtime.tests.writers import Writer

ADA, BEN = 1, 2
# What becomes of an update's bytes on the way: nothing, or one byte is another.
ACCIDENTS = st.lists(st.none() | st.tuples(st.integers(0, 40), st.integers(0, 255)), max_size=60)


class LongWay(Admission):
    def _is_plain(self, *_: object) -> bool:
        return False


def answer(admission: Admission, update: bytes, user_id: int) -> Change | str:
    try:
        return admission.take(update, user_id)
    except Refusal as refusal:
        return refusal.code
    except Resync:
        return "resync"


@given(steps, ACCIDENTS)
def test_both_ways_answer_the_same_and_leave_the_same(
    script: list[Step], accidents: list[tuple[int, int] | None]
) -> None:
    sent_updates = play(script)
    short, long = Admission(max_units=200), LongWay(max_units=200)
    for (who, update), accident in zip_longest(sent_updates, accidents[: len(sent_updates)]):
        sent = bytearray(update)
        if accident and accident[0] < len(sent):
            sent[accident[0]] = accident[1]
        assert answer(short, bytes(sent), who + 1) == answer(long, bytes(sent), who + 1)
        assert inside(short) == inside(long)


@pytest.fixture
def typed() -> tuple[Admission, Writer]:
    """Ada has begun to write."""
    taken, writer = Admission(max_units=20), Writer(2**40)
    taken.take(writer.append("begun"), ADA)
    return taken, writer


@pytest.mark.parametrize("at", [0, 3, 5])
def test_typing_goes_the_short_way(typed: tuple[Admission, Writer], at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, writer = typed
    update = writer.insert(at, "x")
    if at:
        assert keystroke(update) is not None
        monkeypatch.setattr(admission, "decode", lambda _: pytest.fail("the long way"))
    change = taken.take(update, ADA)
    assert (change.added, change.whole, change.bound) == (1, True, [])


def test_what_was_typed_can_be_taken_back(typed: tuple[Admission, Writer]) -> None:
    taken, writer = typed
    before = dict(taken.clocks), taken.units
    taken.undo(taken.take(writer.append("!"), ADA))
    assert (taken.clocks, taken.units) == before


@pytest.mark.parametrize(("user", "text", "code"), [(BEN, "x", "foreign-client"), (ADA, "x" * 16, "too-large")])
def test_who_may_not_is_refused_by_name(typed: tuple[Admission, Writer], user: int, text: str, code: str) -> None:
    taken, writer = typed
    with pytest.raises(Refusal) as refusal:
        taken.take(writer.append(text), user)
    assert refusal.value.code == code


def keys(*, clock: int = 2, left: int = 1, right: int | None = None, says: int = 1, text: bytes = b"x") -> bytes:
    """What client 7 types, in plain numbers: `left` and `right` are clocks of its own."""
    origins = bytes([0x84, 7, left]) if right is None else bytes([0xC4, 7, left, 7, right])
    return bytes([1, 1, 7, clock]) + origins + bytes([says]) + text + b"\x00"


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        (keys(), Change(clocks=[(7, 2)], added=1)),
        (keys(right=0), Change(clocks=[(7, 2)], added=1)),
        (keys(says=2), "malformed"),
        (keys(text=b"xy"), "malformed"),
        (keys(left=2), "unknown-dependency"),
        (keys(right=2), "unknown-dependency"),
        (keys(left=0), "split-character"),
        (keys(right=1), "split-character"),
        (keys(clock=1, left=0), Change(whole=False)),
        (keys(clock=3), "resync"),
    ],
)
@pytest.mark.parametrize("way", [Admission, LongWay])
def test_what_looks_plain_is_looked_at(way: type[Admission], update: bytes, expected: Change | str) -> None:
    """The text begins with one character of two units where a cut is asked for, else with two plain ones."""
    taken = way(max_units=20)
    taken.take(Writer(7).append("😀" if expected == "split-character" else "ab"), ADA)
    assert answer(taken, update, ADA) == expected
