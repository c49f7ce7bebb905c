"""A transaction whose process has fallen silent is ended by PostgreSQL, and what it had locked is free again.

A machine that loses its power or its network in the middle of a commit says no word of it. PostgreSQL would keep its
locks until TCP gives up, which takes hours, and the other processes could not write in those notes, nor in any other:
one flush is under way at a time.
"""

from typing import Any

from django.db.backends.signals import connection_created

SILENT_SECONDS = 10  # between two statements of one transaction


def connect() -> None:
    """Called once, when Django is ready."""
    connection_created.connect(_bound, dispatch_uid="bound_transactions")


def _bound(connection: Any, **_: object) -> None:
    if connection.vendor == "postgresql":
        # As a statement: poolers refuse connections that ask for it at their beginning.
        with connection.connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{SILENT_SECONDS}s'")
