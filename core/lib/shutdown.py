"""What must be done before the process ends: rooms store what they hold, sockets are told to come back.

The server runs it on SIGTERM, before it cancels what is still open. Without it every client would see a broken
connection (1006) and no consumer's clean-up would run.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable

type Task = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)
_tasks: list[Task] = []
_ending = threading.Event()


def before_exit(task: Task) -> None:
    """Registers `task`; it is awaited once, on the server's event loop."""
    if task not in _tasks:
        _tasks.append(task)


def begin() -> None:
    """The process will end: from now on /readyz says so, and nobody new should be sent here."""
    _ending.set()


def is_ending() -> bool:
    return _ending.is_set()


async def run(seconds: float) -> None:
    """Awaits every registered task together; gives up after `seconds`. One that fails does not stop the others."""
    if not _tasks:
        return
    running = {asyncio.ensure_future(task()): task for task in _tasks}
    done, late = await asyncio.wait(running, timeout=seconds)
    for future in late:
        log.error("Not finished before the end: %s", running[future])
        future.cancel()
    for future in done:
        if error := future.exception():
            log.error("Failed before the end: %s", running[future], exc_info=error)
