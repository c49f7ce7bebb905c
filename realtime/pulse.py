"""Whether what this process says to all comes back to itself.

The channel layer subscribes anew when its connection breaks, and tells nobody that messages were lost meanwhile; when
a connection dies without a word it waits for ever. So a process listens to itself: a beat that is missing says that
something was lost, and many in a row that the line must be made anew.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from realtime.fanout import Fanout

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
DEAF_BEATS = 3  # unheard in a row: under load one may come late
RENEW_SECONDS = 10.0  # of deafness, before the line is made anew, and between two attempts


class Pulse:
    """`on_return` is called when beats are heard again after some that were not."""

    def __init__(self, fanout: Fanout, on_return: Callable[[], None]) -> None:
        self._fanout = fanout
        self._on_return = on_return
        self._sent = self._heard = 0
        self._deaf = False
        self._renewed = 0.0

    async def run(self) -> None:
        if not self._fanout.reaches_others:
            return
        await self._fanout.subscribe(self._fanout.echo, self._hear)
        while True:
            self._listen(time.monotonic())
            self._sent += 1
            self._fanout.publish(self._fanout.echo, {"beat": self._sent}, here=False)
            await asyncio.sleep(BEAT_SECONDS)

    def _listen(self, now: float) -> None:
        if not self._deaf and self._sent - self._heard >= DEAF_BEATS:
            self._deaf, self._renewed = True, now
            logger.warning("nothing comes back from the channel layer; until it does, the log is asked for news")
        elif self._deaf and now - self._renewed >= RENEW_SECONDS:
            self._renewed = now
            logger.warning("the line to the channel layer is made anew")
            self._fanout.renew()

    def _hear(self, message: dict[str, Any]) -> None:
        beat, before = message["beat"], self._heard
        if beat <= before:
            return
        self._heard = beat
        if self._deaf or beat > before + 1:
            self._deaf = False
            logger.warning("the channel layer is back; what it lost is read from the log")
            self._on_return()
