"""Which request, socket, note, flush and task a piece of work belongs to.

The ids are in context variables: structlog's, and one for the number of a flush, which is set for every flush and made
into a name only when something is said of it. `current()` is what log lines, error reports and tasks carry.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

from structlog.contextvars import (
    bind_contextvars,
    bound_contextvars,
    clear_contextvars,
    get_contextvars,
    unbind_contextvars,
)

from core.lib.ids import new_public_id

HEADER = "commonplace-ids"  # of a task's message
CARRIED = ("request", "socket", "user", "note", "flush")

_process = new_public_id()[:6]
_numbers = count(1)
_sources: list[Callable[[], dict[str, Any]]] = []
_flush: ContextVar[int] = ContextVar("flush", default=0)


def current() -> dict[str, Any]:
    """What is known of the work that is being done. A value may be a function that looks only when it is asked."""
    found = {}
    if number := _flush.get():
        found["flush"] = f"{_process}-{number}"
    for name, value in get_contextvars().items():
        known = value() if callable(value) else value
        if known is not None:
            found[name] = known
    for source in _sources:
        found.update(source())
    return found


def add_source(source: Callable[[], dict[str, Any]]) -> None:
    """Something else that knows of the work that is being done."""
    _sources.append(source)


def begin(**ids: Any) -> None:
    """Work that has nothing to do with what this thread or task did before."""
    clear_contextvars()
    _flush.set(0)
    bind_contextvars(**ids)


def begin_flush() -> int:
    """From now on this is a flush. Called for every one: a number and no name."""
    number = next(_numbers)
    _flush.set(number)
    return number


@contextmanager
def about(note_id: int, flush: int = 0) -> Iterator[None]:
    """What is done for a note; `flush` is the one that made it necessary."""
    token = _flush.set(flush)
    try:
        with bound_contextvars(note=note_id):
            yield
    finally:
        _flush.reset(token)


# --- Celery's signals --------------------------------------------------------------------------------------------


def put_into_headers(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """before_task_publish: the task will know what it comes from."""
    ids = {name: value for name, value in current().items() if name in CARRIED}
    if headers is not None and ids:
        headers[HEADER] = ids


def take_from_headers(task_id: str = "", task: Any = None, **_: Any) -> None:
    """task_prerun: log lines bear the ids that came with the message, and the task's own."""
    ids = {"task": task_id, "task_name": getattr(task, "name", None)}
    if _is_eager(task):
        bind_contextvars(**ids)  # it is a part of what called it
        return
    came = (getattr(getattr(task, "request", None), "headers", None) or {}).get(HEADER)
    known = {name: came[name] for name in CARRIED if name in came} if isinstance(came, dict) else {}
    begin(**known, **ids)


def forget(task: Any = None, **_: Any) -> None:
    """task_postrun: the thread goes on to something else."""
    if _is_eager(task):
        unbind_contextvars("task", "task_name")
    else:
        begin()


def _is_eager(task: Any) -> bool:
    return bool(getattr(getattr(task, "request", None), "is_eager", False))


def connect_tasks() -> None:
    """For core/celery.py: tasks log with the ids of what they come from."""
    from celery import signals  # not for the children that render and pack

    signals.before_task_publish.connect(put_into_headers, dispatch_uid="put_into_headers")
    signals.task_prerun.connect(take_from_headers, dispatch_uid="take_from_headers")
    signals.task_postrun.connect(forget, dispatch_uid="forget")
