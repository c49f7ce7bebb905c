"""A member that comes by plain requests. Between two of them it stays for a lease, and what it is told is kept."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from core.lib.ids import new_public_id
from realtime import bodies, protocol
from realtime.closing import Close, Closing
from realtime.connection import Connection
from realtime.storage import StorageError

# Nobody needs more at once than one that says and one that listens; but a proxy may send each a second time.
REQUESTS_AT_ONCE = 6
# For so long one that listens leaves the news to one that says, and that is about to be answered anyway.
COURTESY_SECONDS = 0.1


class Caller(Connection):
    """Frames to the client are numbered from 1 in a stream with a name of its own. They are kept until the client says
    that it has them: who repeats a request is told the same once more."""

    verbose = True

    def __init__(self, session_key: str, on_end: Callable[[], None]) -> None:
        super().__init__()
        self.session_key = session_key
        self.stream = new_public_id()
        self.entering: asyncio.Task[None] | None = None
        self._on_end = on_end
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._heard = 0  # number of the last frame that the client is known to have
        self._given = 0  # number of the last frame that was in an answer
        self._told = False  # that it is closed
        self._requests = 0
        self._saying = 0  # how many of them wait for what they said to be stored
        self._taking = asyncio.Lock()
        self._news = asyncio.Event()
        self._lease: asyncio.TimerHandle | None = None

    # --- Member --------------------------------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        if self.gone:
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        if self._bytes > self._registry.limits.socket_backlog_bytes:
            # What was thrown away is not told any more: a stream without a name holds nothing but the reason.
            self._frames.clear()
            self.stream, self._heard, self._bytes = "", 0, 0
            self.close(Close.TOO_SLOW, "this client does not read what it is sent")
        self._stir()

    def _closed(self) -> None:
        assert self.closing is not None
        self.send(protocol.closing(self.closing.code, self.closing.reason))
        self._registry.spawn(self._answered())

    async def _answered(self) -> None:
        """The server does not stop before those who wait have been told."""
        while self._requests:
            await self._next_news(None)

    # --- One request ---------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A request is here, and the lease does not run. Raises Closing."""
        if self._requests >= REQUESTS_AT_ONCE:
            raise Closing(Close.TOO_MANY, f"at most {REQUESTS_AT_ONCE} requests at once")
        self._requests += 1
        self._end_lease()

    def end(self) -> None:
        """It is answered, or its client has gone away."""
        self._requests -= 1
        self._stir()
        if self._requests or self.gone:
            return
        if self._told:
            self.leave()
        else:
            loop = asyncio.get_running_loop()
            self._lease = loop.call_later(self._registry.limits.poll_lease_seconds, self.leave)

    async def hear(self, body: bytes, said: int) -> None:
        """Takes the frames of a request, before which the client has said so many update messages."""
        async with self._taking:
            if not self.bucket.take():
                self.close(Close.TOO_FAST, f"at most {self._registry.limits.frames_per_second} requests a second")
            if body:
                await self._catch_up()
                self.updates = said
            if self.room is not None:
                self.room.hold(self)
            try:
                for frame in bodies.frames_of(body):
                    self.take(frame)
                    await asyncio.sleep(0)  # a frame may be much work, and others are here too
                    if self.closing is not None:
                        return
            except protocol.MalformedError as error:
                self.close(Close.BAD_FRAME, str(error))

    async def _catch_up(self) -> None:
        """The client may have been told by another process what this one has not heard of: without that, what it says
        would look like a forgery."""
        registry = self._registry
        if self.room is None or not registry.fanout.reaches_others:
            return
        try:
            head = (await registry.storage.heads([self.note_id])).get(self.note_id)
            if head is None:
                raise Closing(Close.NOT_FOUND, "this note was removed")
            await registry.enter(self.note_id, seq=head.seq)
        except Closing as closing:
            self.close(closing.code, closing.reason)
        except StorageError:
            self.close(Close.UNAVAILABLE, "the note cannot be read at present")
        else:
            if self.access_epoch < head.access_epoch:
                await registry.upkeep.ask_members([self])

    async def wait(self, *, says: bool, listens: int, heard: int) -> None:
        """Until all that it said is dealt with and, for the seconds that it listens, there is something unheard."""
        self._forget(heard)
        poll_seconds, begun, polite_until = self._registry.limits.poll_seconds, time.monotonic(), 0.0
        end = begun + (poll_seconds if says else min(listens, poll_seconds))
        self._saying += says
        try:
            while self.closing is None and not self.gone:
                now = time.monotonic()
                if says and self._owed:
                    if now >= end:
                        # It comes back, and offers everything again that is not stored.
                        self.close(Close.UNAVAILABLE, "this could not be stored in time")
                    await self._next_news(end - now)
                elif not listens or now >= end:
                    return
                elif self._last <= heard:
                    await self._next_news(end - now)
                elif self._saying > says and now < (polite_until := polite_until or now + COURTESY_SECONDS):
                    await self._next_news(polite_until - now)
                    heard = max(heard, self._given)
                else:
                    return
        finally:
            self._saying -= says

    def answer(self) -> bytes:
        """Everything that the client is not known to have."""
        self._given = self._last
        self._told = self._told or self.closing is not None
        if self._told:
            self._on_end()
        return bodies.answer(self.stream, self._heard + 1, self._frames)

    # --- Leaving -------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        self._end_lease()
        super().leave()
        self._on_end()
        self._stir()

    def _end_lease(self) -> None:
        if self._lease is not None:
            self._lease.cancel()
            self._lease = None

    # --- What is kept --------------------------------------------------------------------------------------------

    @property
    def _last(self) -> int:
        return self._heard + len(self._frames)

    @property
    def _owed(self) -> bool:
        return self.room is not None and self.room.owes(self)

    def _forget(self, heard: int) -> None:
        while self._frames and self._heard < heard:
            self._bytes -= len(self._frames.popleft())
            self._heard += 1

    def _stir(self) -> None:
        """Wakes every request that waits."""
        self._news.set()
        self._news = asyncio.Event()

    async def _next_news(self, seconds: float | None) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
