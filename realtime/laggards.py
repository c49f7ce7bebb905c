"""Members that read more slowly than they are sent to.

Whoever stalls, on a phone in a tunnel, would find each keystroke of everybody waiting in turn, and sooner or later
more of them than the server may keep. So nothing is kept: the room notes what the member was sent up to there, and
gives it all that it lacks at once when it reads again.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from realtime.closing import Close
from realtime.member import Member

SLOW_BYTES = 16_384  # that wait for a member, besides what the network holds
# Whoever does not read as much again in this time is given up: it is a dead line, or a client that will not read.
PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class Stop:
    """Where a member stopped to be sent updates."""

    vector: bytes  # state vector of what it was sent
    seq: int  # of the room then
    unread: int  # bytes, when they were looked at last
    since: float  # that it has not read enough


class Laggards:
    """Of one room."""

    def __init__(self) -> None:
        self._stopped: dict[Member, Stop] = {}

    def __contains__(self, member: Member) -> bool:
        return member in self._stopped

    def __len__(self) -> int:
        return len(self._stopped)

    @property
    def unread(self) -> int:
        """Bytes that the server holds for them."""
        return sum(member.unread for member in self._stopped)

    def look_for(self, members: Iterable[Member], seq: int, vector: Callable[[], bytes]) -> None:
        """`seq` and `vector` are of what all of them were sent; the vector is asked only if somebody lags."""
        for member in members:
            if member.waiting > SLOW_BYTES and member not in self._stopped:
                self._stopped[member] = Stop(vector(), seq, member.unread, time.monotonic())

    def release(self, member: Member, seq: int) -> bytes | None:
        """It has read everything that it was sent. The state vector of that, if there is more at this `seq`."""
        stop = self._stopped.pop(member, None)
        return stop.vector if stop is not None and stop.seq != seq else None

    def forget(self, member: Member) -> None:
        self._stopped.pop(member, None)

    def give_up(self) -> None:
        """Ends those that do not read on."""
        now = time.monotonic()
        for member, stop in list(self._stopped.items()):
            if stop.unread - member.unread >= SLOW_BYTES:
                stop.unread, stop.since = member.unread, now
            elif now - stop.since > PATIENCE_SECONDS:
                member.close(Close.TOO_SLOW, "this client does not read what it is sent")
