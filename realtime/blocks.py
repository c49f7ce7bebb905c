"""From one state of a set page to the next: which blocks stay, which change where they are, which come and go.

Pure: no page, no socket. A block keeps its number, and with it its element, as long as it stays or changes in place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from notes.markdown import Block

# The matcher is quadratic at best; a middle part larger than this is taken as changed line by line.
COMPARISONS = 10_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A block on the page, with the classes that it bears for the moment."""

    number: int
    block: Block
    mark: str = ""

    @property
    def look(self) -> tuple[str, str]:
        """Equal when nothing is to be seen of a difference. The block may stand at another line."""
        return self.block.hash, self.mark

    @property
    def html(self) -> str:
        return self.block.wrapped(self.number, self.mark)


@dataclass(frozen=True, slots=True)
class Change:
    """The block of this number is another now."""

    placed: Placed


@dataclass(frozen=True, slots=True)
class Insert:
    """New blocks after the one of this number; None: at the top of the page."""

    after: int | None
    placed: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    number: int


type Step = Change | Insert | Delete


def arrange(old: Sequence[Placed], new: Sequence[Block], numbers: Iterator[int]) -> list[Placed]:
    """Gives each new block the number of the old one that it is or replaces, or the next fresh one. Without marks."""
    arranged: list[Placed] = []
    for old_start, old_end, new_start, new_end, equal in _matches(
        [placed.block.hash for placed in old], [block.hash for block in new]
    ):
        # Where n blocks became m, the first min(n, m) have changed in place.
        reused = [placed.number for placed in old[old_start:old_end]]
        assert not equal or len(reused) == new_end - new_start
        for offset, block in enumerate(new[new_start:new_end]):
            number = reused[offset] if offset < len(reused) else next(numbers)
            arranged.append(Placed(number, block))
    return arranged


def steps(old: Sequence[Placed], new: Sequence[Placed]) -> list[Step]:
    """How to get from one page to the other, in an order in which each step finds what it names.

    Every number that is in both is in the same order in both.
    """
    before = {placed.number: placed for placed in old}
    taken: list[Step] = []
    after: int | None = None
    fresh: list[Placed] = []

    def insert() -> None:
        if fresh:
            taken.append(Insert(after, tuple(fresh)))
            fresh.clear()

    for placed in new:
        known = before.pop(placed.number, None)
        if known is None:
            fresh.append(placed)
            continue
        insert()
        if known.look != placed.look:
            taken.append(Change(placed))
        after = placed.number
    insert()
    return [*taken, *map(Delete, before)]


def _matches(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int, bool]]:
    """Consecutive parts of both: (from, to) in old, (from, to) in new, whether they are equal."""
    most = min(len(old), len(new))
    start = next((index for index in range(most) if old[index] != new[index]), most)
    tail = next((index for index in range(most - start) if old[-1 - index] != new[-1 - index]), most - start)
    old_end, new_end = len(old) - tail, len(new) - tail
    yield 0, start, 0, start, True
    if (old_end - start) * (new_end - start) > COMPARISONS:
        yield start, old_end, start, new_end, False
    else:
        matcher = SequenceMatcher(None, old[start:old_end], new[start:new_end], autojunk=False)
        for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
            yield start + old_from, start + old_to, start + new_from, start + new_to, tag == "equal"
    yield old_end, len(old), new_end, len(new), True
