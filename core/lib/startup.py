"""What is better done before the first visitor comes than while they wait."""

import logging
from collections.abc import Callable
from contextvars import copy_context

from core.lib.redaction import told

type Task = Callable[[], object]

log = logging.getLogger(__name__)
_tasks: list[Task] = []


def before_serving(task: Task) -> None:
    """Registers `task`; the server calls it once, before it listens."""
    if task not in _tasks:
        _tasks.append(task)


def run() -> None:
    """One that fails is only slow again later: the database may not be there yet."""
    for task in _tasks:
        try:
            # What is done as if a visitor asked for it leaves no visitor's ids behind.
            copy_context().run(task)
        except Exception as error:  # noqa: BLE001  # the edge of the process, and nothing depends on it
            log.info("Not done before the start: %s", told(error))
