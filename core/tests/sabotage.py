"""A database that is there and does not do what it should."""

import sqlite3
from contextlib import closing

import psycopg

from core.tests.servers import Server


class Sabotage:
    """Of the database of one server."""

    def __init__(self, server: Server) -> None:
        self._url = server.environment.get("DATABASE_URL", "")
        self._file = server.data_dir / "commonplace.sqlite3"

    def refuse(self, table: str, kind: str = "INSERT") -> None:
        """It takes no more rows of this table. PostgreSQL says with its refusal all that is in the row."""
        if self._url:
            self._do(f"ALTER TABLE {table} ADD CONSTRAINT broken CHECK (id < 0) NOT VALID")
        else:
            broken = "BEGIN SELECT RAISE(ABORT, 'the database is broken'); END"
            self._do(f"CREATE TRIGGER broken_{table} BEFORE {kind} ON {table} {broken}")

    def hide(self, table: str) -> None:
        self._do(f"ALTER TABLE {table} RENAME TO hidden_{table}")

    def _do(self, statement: str) -> None:
        if self._url:
            with psycopg.connect(self._url) as connection:
                connection.execute(statement.encode())
        else:
            with closing(sqlite3.connect(self._file)) as connection:
                connection.execute(statement)
