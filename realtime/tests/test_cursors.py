"""Of a client's awareness state the cursor is kept, rebuilt, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.presence import cursor_of
from realtime.protocol import MAX_AWARENESS_BYTES, MalformedError

ids = st.integers(0, 2**53 - 1)
places = st.none() | st.fixed_dictionaries({"client": ids, "clock": st.integers(0, 2**31 - 1)})
positions = st.fixed_dictionaries(
    {
        "type": st.none(),
        "tname": st.just("content"),
        "item": places,
        "assoc": st.sampled_from([0, -1]),
    }
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = ["cursor", "anchor", "head", "type", "item", "tname", "assoc", "client", "clock", "user", "name"]
shaped = st.recursive(anything, lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=5), max_leaves=20)


@given(positions, positions)
def test_a_cursor_of_yjs_is_kept_as_it_is(anchor: Any, head: Any) -> None:
    cursor = {"anchor": anchor, "head": head}
    assert cursor_of(json.dumps({"cursor": cursor, "user": {"name": "Somebody else"}})) == cursor


@given(shaped)
def test_whatever_a_state_says_what_is_kept_has_the_one_shape_and_can_be_sent(state: Any) -> None:
    text = json.dumps(state)
    if len(text) > MAX_AWARENESS_BYTES:
        return
    kept = cursor_of(text)
    json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()
    if kept is not None:
        assert set(kept) == {"anchor", "head"}
        for position in kept.values():
            assert set(position) == {"type", "item", "tname", "assoc"}


SOMEWHERE = {"tname": "content", "item": {"client": 1, "clock": 0}, "assoc": 0}


@pytest.mark.parametrize("name", ["\ud800", "x", "content\x00", None])
def test_a_cursor_outside_the_note_s_text_is_none(name: str | None) -> None:
    """Half of a surrogate pair can be spelled in JSON, and could be sent to nobody; Yjs throws at a place nowhere."""
    assert cursor_of(json.dumps({"cursor": {"anchor": {**SOMEWHERE, "tname": name}, "head": SOMEWHERE}})) is None
    assert cursor_of(json.dumps({"cursor": {"anchor": SOMEWHERE, "head": {}}})) is None
    assert cursor_of(json.dumps({"cursor": {"anchor": SOMEWHERE, "head": None}})) is None


@pytest.mark.parametrize("number", [-1, 2**53, 10**400, 0.5, "7", None])
def test_a_cursor_holds_no_number_that_a_browser_cannot(number: Any) -> None:
    for item in ({"client": number, "clock": 0}, {"client": 0, "clock": number}):
        anchor = {**SOMEWHERE, "item": item}
        assert cursor_of(json.dumps({"cursor": {"anchor": anchor, "head": SOMEWHERE}})) is None
    anchor = {**SOMEWHERE, "assoc": number}
    assert cursor_of(json.dumps({"cursor": {"anchor": anchor, "head": SOMEWHERE}}))["anchor"]["assoc"] in (-1, 0)


@given(anything.filter(lambda value: not isinstance(value, dict) and len(json.dumps(value)) < MAX_AWARENESS_BYTES // 2))
def test_a_state_without_a_cursor_has_none(value: Any) -> None:
    assert cursor_of(json.dumps(value)) is None
    assert cursor_of(json.dumps({"cursor": value})) is None


def test_a_state_of_2_kb_is_read_and_a_larger_one_refused() -> None:
    # Bytes, not characters: each of these letters takes two.
    fits = '{"x":"' + "é" * 1_020 + '"}'
    assert len(fits.encode()) == MAX_AWARENESS_BYTES
    assert cursor_of(fits) is None
    with pytest.raises(MalformedError, match="too large"):
        cursor_of(fits.replace("x", "xy"))


@pytest.mark.parametrize("state", ["", "{", "undefined", "[" * 2_000, '{"cursor": 1e}', "\x00"])
def test_a_state_that_is_no_json_is_refused(state: str) -> None:
    with pytest.raises(MalformedError):
        cursor_of(state)
