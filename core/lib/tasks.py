"""How background work is declared and asked for. Celery does it: in processes of its own, or in threads of the server.

Whoever writes a task keeps three rules. It takes ids, not things. It may be run twice, also twice at once. What is to
be done stands in a row of the database, where a sweep finds it again: a queue may be lost, and nothing with it.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError, transaction
from kombu.exceptions import OperationalError as BrokerAwayError

from core.lib.redaction import told

logger = logging.getLogger(__name__)

# The database is away, or a mail server, or a disk is full: the next try may find it different.
PASSING = (OperationalError, InterfaceError, OSError)
TRIES = 8
LONGEST_PAUSE_SECONDS = 600

# Set when the server that lends its threads is about to end.
ending = threading.Event()


class Interrupted(Exception):
    """The process ends; what was begun is found by the next sweep."""


def task[**P](work: Callable[P, None]) -> Any:
    """Declares a task: tried again with growing pauses as long as what is wrong may pass."""
    return shared_task(
        autoretry_for=PASSING,
        max_retries=TRIES - 1,
        retry_backoff=2,
        retry_backoff_max=LONGEST_PAUSE_SECONDS,
        retry_jitter=True,
    )(work)


def sweep(work: Callable[[], None]) -> Any:
    """Declares a task that beat asks for again and again: it need not be tried again in between."""
    return shared_task(work)


def soon(asked: Any, *arguments: Any) -> None:
    """Asks for a task once the present transaction is committed. Never fails: a sweep asks again."""
    transaction.on_commit(partial(_ask, asked, arguments))


def go_on() -> None:
    """To be called between the steps of a long task. Raises Interrupted."""
    if ending.is_set():
        raise Interrupted


def _ask(asked: Any, arguments: tuple[Any, ...]) -> None:
    try:
        asked.apply_async(arguments)
    except BrokerAwayError as error:
        logger.warning("%s was not asked for, and will be by its sweep: %s", asked.name, told(error))
