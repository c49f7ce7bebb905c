"""Frames on their way to one client: in order, bounded, and never waited for."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from core.lib.lanes import Lane
from core.lib.redaction import told
from realtime.closing import Close

logger = logging.getLogger(__name__)

# Of everybody for whom nothing waits: an empty one of their own takes most of a kilobyte.
NONE: deque[bytes] = deque()

type Send = Callable[[bytes], Awaitable[None]]


class Outbox:
    """`put` never waits. A client that leaves more than `most_bytes` unread is given up: `on_full` is called once.

    With a lane a frame leaves at once as long as nothing waits before it; else `send` is awaited for each, in a task.
    """

    def __init__(
        self,
        send: Send,
        most_bytes: int,
        on_full: Callable[[Close, str], None],
        *,
        on_empty: Callable[[], None] | None = None,
        lane: Lane | None = None,
    ) -> None:
        """`on_empty` is called whenever frames had to wait, and the last of them has left."""
        self._send = send
        self._on_empty = on_empty
        self._most_bytes = most_bytes
        self._on_full = on_full
        self._lane = lane
        self._frames = NONE
        self.waiting = 0  # bytes
        self._open = True
        self._task: asyncio.Task[None] | None = None  # while frames wait

    def put(self, frame: bytes) -> None:
        if not self._open:
            return
        if self._task is None:
            if self._lane is not None and self._lane.send(frame):
                return
            self._frames = deque()
            self._task = asyncio.create_task(self._send_all())
        self._frames.append(frame)
        self.waiting += len(frame)
        if self.waiting > self._most_bytes:
            self._open = False
            self._frames.clear()
            self._on_full(Close.TOO_SLOW, "this client does not read what it is sent")

    async def finish(self) -> None:
        """Sends what is left, for at most a second, and stops."""
        self._open = False
        if (task := self._task) is None:
            return
        try:
            async with asyncio.timeout(1):
                await task
        except TimeoutError:
            task.cancel()

    def drop(self) -> None:
        """The connection is gone."""
        self._open = False
        self._frames.clear()
        if self._task is not None:
            self._task.cancel()

    async def _send_all(self) -> None:
        try:
            while self._frames:
                frame = self._frames.popleft()
                self.waiting -= len(frame)
                await self._send(frame)
        except Exception as error:  # noqa: BLE001  # the edge to the network: each server has its own word for "gone"
            logger.info("the client was gone before its last frames: %s", told(error))
            self._open = False
            self._frames.clear()
        finally:
            self._task, self._frames = None, NONE
        if self._open and self._on_empty is not None:
            self._on_empty()
