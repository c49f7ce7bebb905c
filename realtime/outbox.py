"""Frames on their way to one client: in order, bounded, sent by one task."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from realtime.closing import Close

logger = logging.getLogger(__name__)

type Send = Callable[[bytes], Awaitable[None]]


class Outbox:
    """`put` never waits. A client that leaves more than `most_bytes` unread is given up: `on_full` is called once."""

    def __init__(self, send: Send, most_bytes: int, on_full: Callable[[Close, str], None]) -> None:
        self._send = send
        self._most_bytes = most_bytes
        self._on_full = on_full
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._open = True
        self._task = asyncio.create_task(self._send_forever())

    def put(self, frame: bytes) -> None:
        if not self._open:
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        if self._bytes > self._most_bytes:
            self._open = False
            self._frames.clear()
            self._on_full(Close.TOO_SLOW, "this client does not read what it is sent")
        self._wake.set()

    async def finish(self) -> None:
        """Sends what is left, for at most a second, and stops."""
        self._open = False
        self._wake.set()
        try:
            async with asyncio.timeout(1):
                await self._task
        except TimeoutError:
            self._task.cancel()

    def drop(self) -> None:
        """The connection is gone."""
        self._open = False
        self._frames.clear()
        self._task.cancel()

    async def _send_forever(self) -> None:
        try:
            await self._send_each()
        except Exception as error:  # noqa: BLE001  # the edge to the network: each server has its own word for "gone"
            logger.info("the client was gone before its last frames: %r", error)
            self._open = False
            self._frames.clear()

    async def _send_each(self) -> None:
        while True:
            while self._frames:
                frame = self._frames.popleft()
                self._bytes -= len(frame)
                await self._send(frame)
            if not self._open:
                return
            self._wake.clear()
            await self._wake.wait()
