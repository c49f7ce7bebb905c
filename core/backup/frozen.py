"""The database as it is at one moment, for as long as it takes to read it, while others write on.

Nothing is locked but the past: SQLite's journal cannot be shortened meanwhile, PostgreSQL cannot clear away what was
replaced since.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def frozen() -> Iterator[None]:
    """Outside of any transaction of Django's."""
    if connection.vendor == "sqlite":
        with _frozen_sqlite():
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # A slow disk, or a slow line to standard output, is no reason to give up.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


@contextmanager
def _frozen_sqlite() -> Iterator[None]:
    """By hand: Django's transactions begin with the one writer's place, and everybody who types would wait."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT count(*) FROM sqlite_master")  # the moment is that of the first question
            yield
        finally:
            cursor.execute("ROLLBACK")


def kind() -> str:
    """For people: "PostgreSQL 15.4"."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
        else:
            cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    return f"{connection.display_name} {str(version).split()[0]}"
