"""Members that read more slowly than they are sent to.

Whoever stalls, on a phone in a tunnel, would find each keystroke of everybody waiting in turn, and sooner or later
more of them than the server may keep. So nothing is kept: the room notes what the member was sent up to there, and
gives it all that it lacks at once when it reads again.
"""

import time
from collections.abc import Callable, Iterable

from realtime.closing import Close
from realtime.member import Member

SLOW_BYTES = 16_384  # that wait for a member, besides what the network holds
PATIENCE_SECONDS = 20.0  # after which it is given up: it is a dead line, or a client that will not read


class Laggards:
    """Of one room."""

    def __init__(self) -> None:
        self._stopped: dict[Member, tuple[bytes, float]] = {}  # state vector of what it was sent, and when that was

    def __contains__(self, member: Member) -> bool:
        return member in self._stopped

    def look_for(self, members: Iterable[Member], vector: Callable[[], bytes]) -> None:
        """`vector` is of what all of them were sent; it is asked only if somebody lags."""
        for member in members:
            if member.waiting > SLOW_BYTES and member not in self._stopped:
                self._stopped[member] = vector(), time.monotonic()

    def release(self, member: Member) -> bytes | None:
        """It has read everything. The state vector of what it was sent, if it lagged."""
        vector, _ = self._stopped.pop(member, (None, 0.0))
        return vector

    def give_up(self) -> None:
        """Ends those that have lagged for too long."""
        latest = time.monotonic() - PATIENCE_SECONDS
        for member in [member for member, (_, since) in self._stopped.items() if since < latest]:
            member.close(Close.TOO_SLOW, "this client does not read what it is sent")
