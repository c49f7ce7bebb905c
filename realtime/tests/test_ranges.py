"""Ranges behave as the set of integers that they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from realtime.ranges import Ranges

spans = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda span: (span[0], span[0] + span[1]))


def members(ranges: Ranges) -> set[int]:
    return {n for start, end in zip(ranges.starts, ranges.ends, strict=True) for n in range(start, end)}


def bounds(ranges: Ranges) -> tuple[list[int], list[int]]:
    return list(ranges.starts), list(ranges.ends)


@given(st.lists(spans))
def test_adding_is_the_union_and_names_exactly_what_is_new(added: list[tuple[int, int]]) -> None:
    ranges, model = Ranges(), set[int]()
    for start, end in added:
        new = ranges.add(start, end)
        found = [n for first, last in new for n in range(first, last)]
        assert found == sorted(set(range(start, end)) - model)
        model |= set(range(start, end))
        assert members(ranges) == model
        assert ranges.total() == len(model)


@given(st.lists(spans))
def test_ranges_stay_sorted_and_never_touch(added: list[tuple[int, int]]) -> None:
    ranges = Ranges()
    for start, end in added:
        ranges.add(start, end)
    starts, ends = bounds(ranges)
    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    assert len(ranges) == len(starts)


@given(st.lists(spans))
def test_removing_what_was_new_is_the_exact_reverse_of_adding(added: list[tuple[int, int]]) -> None:
    ranges = Ranges()
    done = []
    for start, end in added:
        before = bounds(ranges)
        done.append((before, ranges.add(start, end)))
    for before, new in reversed(done):
        for start, end in reversed(new):
            ranges.remove(start, end)
        assert bounds(ranges) == before


@given(st.lists(spans, min_size=1), st.data())
def test_any_part_of_a_range_can_be_removed(added: list[tuple[int, int]], data: st.DataObject) -> None:
    ranges = Ranges()
    for start, end in added:
        ranges.add(start, end)
    model = members(ranges)
    at = data.draw(st.integers(0, len(ranges) - 1))
    start = data.draw(st.integers(ranges.starts[at], ranges.ends[at] - 1))
    end = data.draw(st.integers(start + 1, ranges.ends[at]))
    ranges.remove(start, end)
    assert members(ranges) == model - set(range(start, end))
