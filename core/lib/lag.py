"""How late the event loop comes to what is due: the time that everybody who is connected waits."""

import asyncio
import time
from collections import deque

EVERY_SECONDS = 0.5
LOOKS = 10


class Lag:
    """Of one loop at a time; a process has one that serves."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._late: deque[float] = deque(maxlen=LOOKS)
        self._due = 0.0

    def watch(self) -> None:
        """Call it on the loop. Once is enough; another time does no harm."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._late.clear()
            self._look_again()

    @property
    def seconds(self) -> float:
        """The longest of the last seconds, from any thread: also of a wait that has not ended."""
        if self._loop is None or self._loop.is_closed():
            return 0.0
        return max(time.monotonic() - self._due, *self._late, 0.0)

    def _look_again(self) -> None:
        assert self._loop is not None
        self._due = time.monotonic() + EVERY_SECONDS
        self._loop.call_later(EVERY_SECONDS, self._look, self._loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is loop:
            self._late.append(time.monotonic() - self._due)
            self._look_again()


lag = Lag()
