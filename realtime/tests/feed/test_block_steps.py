"""Whatever becomes of a page: the steps that readers are sent lead from the old one to the new one."""

import itertools
import time

from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from notes.markdown import Block
from realtime.blocks import Change, Delete, Insert, Placed, Step, arrange, steps


def blocks(words: str) -> list[Block]:
    return [Block(SafeString(f"<p>{word}</p>"), line, 1) for line, word in enumerate(words)]


def placed(words: str) -> list[Placed]:
    return arrange([], blocks(words), itertools.count(1))


def taken(page: list[Placed], path: list[Step]) -> list[Placed]:
    """What a browser makes of the steps. Each must find the block that it names."""
    page = list(page)

    def at(number: int) -> int:
        (index,) = [index for index, each in enumerate(page) if each.number == number]
        return index

    for step in path:
        match step:
            case Change(new):
                page[at(new.number)] = new
            case Insert(None, new_ones):
                page[0:0] = new_ones
            case Insert(int(after), new_ones):
                page[at(after) + 1 : at(after) + 1] = new_ones
            case Delete(number):
                del page[at(number)]
    return page


def shown(page: list[Placed]) -> list[tuple[int, str]]:
    return [(each.number, each.html) for each in page]


def moved(before: str, after: str) -> tuple[list[Placed], list[Placed], list[Step]]:
    numbers = itertools.count(1)
    old = arrange([], blocks(before), numbers)
    new = arrange(old, blocks(after), numbers)
    return old, new, steps(old, new)


FEW = st.text("abc", max_size=14)


@given(FEW, FEW)
def test_the_steps_lead_to_the_new_page(before: str, after: str) -> None:
    old, new, path = moved(before, after)
    assert shown(taken(old, path)) == shown(new)
    assert [each.block.html for each in new] == [block.html for block in blocks(after)]
    assert len({each.number for each in new}) == len(new)


@given(st.lists(FEW, min_size=2, max_size=8))
def test_over_many_changes_and_with_marks(pages: list[str]) -> None:
    numbers = itertools.count(1)
    seen: list[Placed] = []
    for turn, words in enumerate(pages):
        new = arrange(seen, blocks(words), numbers)
        new = [Placed(each.number, each.block, "bar p1" if (each.number + turn) % 3 == 0 else "") for each in new]
        assert shown(taken(seen, steps(seen, new))) == shown(new)
        seen = new


def test_what_stays_keeps_its_number_and_is_not_sent() -> None:
    _, new, path = moved("abcd", "abxd")
    assert [each.number for each in new] == [1, 2, 3, 4]
    assert path == [Change(new[2])]


def test_an_insertion_sends_only_what_is_new() -> None:
    _, new, path = moved("abc", "aXYbc")
    assert [each.number for each in new] == [1, 4, 5, 2, 3]
    assert path == [Insert(1, (new[1], new[2]))]


def test_at_the_top_there_is_nothing_to_stand_behind() -> None:
    _, new, path = moved("ab", "Xab")
    assert path == [Insert(None, (new[0],))]


def test_a_deletion_names_only_the_block() -> None:
    _, _, path = moved("abc", "ac")
    assert path == [Delete(2)]


def test_a_mark_alone_is_a_change() -> None:
    old = placed("ab")
    new = [old[0], Placed(2, old[1].block, "bar p3")]
    assert steps(old, new) == [Change(new[1])]
    assert 'class="block bar p3"' in new[1].html


def test_two_large_pages_without_anything_in_common_are_compared_quickly() -> None:
    numbers = itertools.count(1)
    old = arrange([], blocks("a" * 5000), numbers)
    before = time.process_time()
    new = arrange(old, blocks("b" * 5000), numbers)
    assert time.process_time() - before < 1
    assert [each.number for each in new] == [each.number for each in old]
