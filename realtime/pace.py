"""How often a room flushes: at once while that is little work, and less often the more it takes.

A keystroke in a quiet room leaves in the turn of the event loop in which it came. Where many write at once, each flush
takes what came since the last one, and shows it to everybody in one frame: that is what keeps a busy room cheap.
"""

SHARE = 0.15  # of the time that one room's flushes may take; beyond that it gathers
BURST = 0.005  # seconds of work that may be done before it begins to gather
MOST = 0.020  # seconds that a keystroke waits at the most for others


class Pace:
    """All times in seconds of one monotonic clock."""

    __slots__ = ("_debt", "_last", "_most", "_share")

    def __init__(self, share: float = SHARE, most: float = MOST) -> None:
        self._share = share
        self._most = most
        self._last = 0.0
        self._debt = 0.0  # work that was done and not yet made up for by time

    def worked(self, now: float, seconds: float) -> None:
        """A flush has just ended that took so long."""
        self._debt = self._left(now) + seconds
        self._last = now

    def next(self, now: float) -> float:
        """When what has just come is to be flushed."""
        over = self._left(now) - BURST
        return now if over <= 0 else min(now + over / self._share, self._last + self._most)

    def _left(self, now: float) -> float:
        return max(0.0, self._debt - (now - self._last) * self._share)
