"""Sets of integers kept as ranges: which clocks of one client are deleted."""

from bisect import bisect_left, bisect_right


class Ranges:
    """Disjoint, sorted, non-touching half-open ranges [start, end)."""

    __slots__ = ("ends", "starts")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []

    def __len__(self) -> int:
        return len(self.starts)

    def total(self) -> int:
        return sum(self.ends) - sum(self.starts)

    def add(self, start: int, end: int) -> list[tuple[int, int]]:
        """Adds [start, end) and returns the parts of it that were not there before."""
        # The stored ranges that touch or overlap the new one are starts[first:last].
        first = bisect_left(self.ends, start)
        last = bisect_right(self.starts, end)
        if first == last:
            self.starts.insert(first, start)
            self.ends.insert(first, end)
            return [(start, end)]
        new, at = [], start
        for known_start, known_end in zip(self.starts[first:last], self.ends[first:last], strict=True):
            if at < known_start:
                new.append((at, known_start))
            at = max(at, known_end)
        if at < end:
            new.append((at, end))
        if new:
            self.starts[first:last] = [min(start, self.starts[first])]
            self.ends[first:last] = [max(end, self.ends[last - 1])]
        return new

    def remove(self, start: int, end: int) -> None:
        """Takes out [start, end), all of which must be in the set: the reverse of `add`."""
        at = bisect_right(self.starts, start) - 1
        known_start, known_end = self.starts[at], self.ends[at]
        left = [(known_start, start)] if known_start < start else []
        right = [(end, known_end)] if end < known_end else []
        self.starts[at : at + 1] = [s for s, _ in left + right]
        self.ends[at : at + 1] = [e for _, e in left + right]
