"""Database work of the sockets, off the event loop and in a pool of its own.

Channels would run it in the one thread that serves all synchronous code, where a slow query delays every socket.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connections

# Writes queue behind each other in one thread: SQLite has one writer anyway, and the registry has one flush under way.
WRITERS = 1
READERS = 4


class Pools:
    """Threads with a connection each. Belongs to one event loop."""

    def __init__(self) -> None:
        self._write = ThreadPoolExecutor(WRITERS, "room-write")
        self._read = ThreadPoolExecutor(READERS, "room-read")

    async def write[**P, R](self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await _run(self._write, lambda: call(*args, **kwargs))

    async def read[**P, R](self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await _run(self._read, lambda: call(*args, **kwargs))

    def close(self) -> None:
        """Waits for what runs, then closes each thread's connections."""
        for pool, size in ((self._write, WRITERS), (self._read, READERS)):
            for _ in range(size):
                pool.submit(connections.close_all)
            pool.shutdown(wait=True)


async def _run[R](pool: ThreadPoolExecutor, work: Callable[[], R]) -> R:
    return await asyncio.get_running_loop().run_in_executor(pool, _fresh, work)


def _fresh[R](work: Callable[[], R]) -> R:
    """A connection that died in the meantime is replaced first; one that died now is not kept."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
