"""Database work of the sockets, off the event loop and in threads of its own.

Channels would run it in the one thread that serves all synchronous code, where a slow query delays every socket.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from threading import Thread

from django.db import close_old_connections, connection, connections

READERS = 4
REST_SECONDS = 1.0  # a connection that was used this short a time ago is not looked at before it is used again


class Pools:
    """Threads with a connection each, which log with the ids of whoever gives them work. Belongs to one event loop.

    Writes queue behind each other in one thread: SQLite has one writer anyway, and one flush is under way at a time.
    """

    def __init__(self) -> None:
        self._writer = Writer()
        self._readers = ThreadPoolExecutor(READERS, "room-read")

    async def write[**P, R](self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await self._writer.run(partial(copy_context().run, call, *args, **kwargs))

    async def read[**P, R](self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        work = partial(copy_context().run, _fresh, partial(call, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    def close(self) -> None:
        """Waits for what runs, then closes each thread's connections."""
        self._writer.close()
        for _ in range(READERS):
            self._readers.submit(connections.close_all)
        self._readers.shutdown(wait=True)


class Writer:
    """One thread. A keystroke passes through it twice, there and back: an executor's futures cost as much again."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[bool], object] | None] = SimpleQueue()
        self._thread: Thread | None = None

    def run[R](self, work: Callable[[], R]) -> asyncio.Future[R]:
        """Call it on the event loop on which the result is awaited."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name="room-write", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        result: asyncio.Future[R] = loop.create_future()
        self._jobs.put(partial(_answer, loop, result, work))
        return result

    def close(self) -> None:
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()

    def _work(self) -> None:
        used = 0.0
        while (job := self._jobs.get()) is not None:
            job(connection.errors_occurred or time.monotonic() - used > REST_SECONDS)
            used = time.monotonic()
        connections.close_all()


def _answer[R](
    loop: asyncio.AbstractEventLoop, result: asyncio.Future[R], work: Callable[[], R], in_doubt: bool
) -> None:
    """`in_doubt`: the thread's connection may have died."""
    try:
        if in_doubt:
            close_old_connections()
        settle: Callable[[], None] = partial(result.set_result, work())
    except BaseException as error:  # noqa: BLE001  # it is whoever waits that must know
        settle = partial(result.set_exception, error)
    # The loop may be closed: then nobody waits.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(lambda: None if result.done() else settle())


def _fresh[R](work: Callable[[], R]) -> R:
    """A connection that died in the meantime is replaced first; one that died now is not kept."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
