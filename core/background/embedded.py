"""Worker and beat as threads of the server, where there is no Redis and so no process of their own."""

import asyncio
import logging
import threading
from typing import Any

from celery import signals
from celery.beat import Scheduler, Service
from celery.worker import WorkController, state

from core.celery import app
from core.lib import shutdown, tasks

logger = logging.getLogger(__name__)

THREADS = 2
END_SECONDS = 2.0

_running: list[Any] = []


def start() -> None:
    """Once in a process. The threads end with it; who stops it politely lets tasks come to their next step."""
    if _running:
        return
    # As when they are asked for by hand, they would announce themselves; here they are a part of the server.
    for name in ("celery", "kombu"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    worker = WorkController(
        app=app,
        pool="threads",
        concurrency=THREADS,
        hostname="embedded",
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    signals.worker_init.send(sender=worker)  # as the command does it: tasks give their connections back
    beat = Service(app, scheduler_cls=Scheduler)
    _running.extend([worker, beat])
    for name, work in (
        ("worker", worker.start),
        ("beat", beat.start),
    ):
        threading.Thread(target=_until_it_ends, args=(name, work), name=f"tasks {name}", daemon=True).start()
    shutdown.before_exit(stop)


def _until_it_ends(name: str, work: Any) -> None:
    try:
        work()
    except Exception:  # the edge of the thread: pages and sockets go on, tasks wait for the next start
        logger.exception("the %s of this server ended", name)


async def stop() -> None:
    _, beat = _running
    tasks.ending.set()
    beat.stop()
    state.should_stop = 0
    deadline = asyncio.get_running_loop().time() + END_SECONDS
    while state.active_requests and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.02)
