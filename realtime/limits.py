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
    user_frames_per_second: int
    user_frames_burst: int
    note_units: int
    members_per_note: int
    sockets_per_user: int
    sockets_per_process: int
    rooms_per_process: int
    socket_backlog_bytes: int
    snapshot_every_updates: int
    snapshot_every_bytes: int
    snapshot_after_seconds: float
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
