"""By which door somebody came, and with which request: for whoever keeps a record of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

import structlog


class Door(StrEnum):
    PAGE = "page"
    ADMIN = "admin"
    COMMAND = "command"  # also a task and the shell: whatever no request began


_present: ContextVar[Door] = ContextVar("door", default=Door.COMMAND)


def present() -> Door:
    return _present.get()


def request_id() -> str:
    """The id that the request's log lines carry; empty where there is no request."""
    if present() is Door.COMMAND:
        return ""
    return str(structlog.contextvars.get_contextvars().get("request", ""))


@contextmanager
def through(door: Door) -> Iterator[None]:
    token = _present.set(door)
    try:
        yield
    finally:
        _present.reset(token)
