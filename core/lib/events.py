"""Events inside one process: a service tells, after the commit, and whoever subscribed at start-up hears.

Subscribers run in the thread of the publisher and must be quick; an exception in one is logged and harms nobody.
Events are frozen dataclasses; each app defines its own.
"""

import logging
from collections.abc import Callable

from django.db import transaction

logger = logging.getLogger(__name__)

_subscribers: list[tuple[type, Callable[..., None]]] = []


def subscribe[E](kind: type[E], receive: Callable[[E], None]) -> Callable[[], None]:
    """From now on `receive` is called with each event of this kind. Returns the function that ends this."""
    entry = (kind, receive)
    _subscribers.append(entry)
    return lambda: _subscribers.remove(entry)


def publish(event: object) -> None:
    """Tells the subscribers once the present transaction is committed (at once if there is none)."""
    transaction.on_commit(lambda: _deliver(event))


def _deliver(event: object) -> None:
    for kind, receive in tuple(_subscribers):
        if isinstance(event, kind):
            try:
                receive(event)
            except Exception:  # the edge between domain and wiring: the write has happened and stays
                logger.exception("a subscriber of %s failed", type(event).__name__)
