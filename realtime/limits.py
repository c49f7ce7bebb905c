"""Limits with names and units, and the bucket that counts frames."""

import time
from dataclasses import dataclass

from django.conf import settings

# A frame is as much work as it is long: one of 256 KB may take a tenth of a second, in which nobody else is served.
FRAME_COUNTS_EVERY_BYTES = 8_192
# To ask what one lacks is short to say and, in a note that was much edited, 40 ms to answer.
QUESTION_COUNTS = 20


@dataclass(frozen=True, slots=True)
class Limits:
    frame_bytes: int
    frames_per_second: int
    frames_burst: int
    note_units: int
    members_per_note: int
    sockets_per_user: int
    socket_backlog_bytes: int
    snapshot_every_updates: int
    room_idle_seconds: float
    poll_seconds: float
    poll_lease_seconds: float

    @classmethod
    def from_settings(cls) -> "Limits":
        return cls(**{name: getattr(settings, name.upper()) for name in cls.__slots__})


class Bucket:
    """A token bucket: `rate` a second, `burst` at once."""

    __slots__ = ("_burst", "_filled", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens = burst
        self._filled = time.monotonic()

    def take(self, tokens: int = 1) -> bool:
        """Whether there were so many left; a full bucket is enough for any number."""
        tokens = min(tokens, int(self._burst))
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < tokens:
            return False
        self._tokens -= tokens
        return True


class Counts:
    """How many sockets each user has open in this process."""

    def __init__(self) -> None:
        self._of: dict[int, int] = {}

    def enter(self, user_id: int, at_most: int) -> bool:
        count = self._of.get(user_id, 0)
        if count >= at_most:
            return False
        self._of[user_id] = count + 1
        return True

    def leave(self, user_id: int) -> None:
        count = self._of.get(user_id, 0) - 1
        if count > 0:
            self._of[user_id] = count
        else:
            self._of.pop(user_id, None)
