"""What the domain tells the rest of the house, after the commit.

A service calls `publish`; whoever wants to know calls `subscribe` once at start-up. Subscribers run in the thread of
the service and must be quick; an exception in one is logged and harms nobody.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ActivityRecorded:
    """A line of the feed is new or changed."""

    activity_id: int
    notebook_path: str
    note_id: int | None


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """Who may do what changed for these notes; open sockets must be asked again."""

    note_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """A user signed out, changed the password or was shut out: their sockets must be asked again."""

    user_id: int


@dataclass(frozen=True, slots=True)
class NoteRenamed:
    note_id: int
    title: str


type Event = ActivityRecorded | AccessChanged | SessionsEnded | NoteRenamed

_subscribers: list[tuple[type, Callable[..., None]]] = []


def subscribe[E](kind: type[E], receive: Callable[[E], None]) -> None:
    _subscribers.append((kind, receive))


def publish(event: Event) -> None:
    """Tells the subscribers once the present transaction is committed (at once if there is none)."""
    transaction.on_commit(lambda: _deliver(event))


def _deliver(event: Event) -> None:
    for kind, receive in _subscribers:
        if isinstance(event, kind):
            try:
                receive(event)
            except Exception:  # the edge between domain and wiring: the write has happened and stays
                logger.exception("a subscriber of %s failed", type(event).__name__)
