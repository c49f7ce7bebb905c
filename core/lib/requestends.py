"""A request's connection to PostgreSQL ends with the request.

Under ASGI each request has a thread of its own. Its connection would be used by nobody else, and stay until Python's
garbage collector comes by: hundreds of them, where PostgreSQL takes a hundred.
"""

from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.core.signals import request_finished
from django.db import connections


def connect() -> None:
    """Called once, when Django is ready."""
    request_finished.connect(_close, dispatch_uid="request_ends")


def _close(sender: object, **_: Any) -> None:
    """Called in the request's thread. SQLite's connections are only files; closing the last one takes long."""
    if not (isinstance(sender, type) and issubclass(sender, ASGIHandler)):
        return  # a test's own client: its thread is that of the test
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "postgresql":
            connection.close()
