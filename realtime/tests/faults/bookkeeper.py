"""Somebody who reads a note's log in the database all the time, beside the server and whatever becomes of it."""

import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, Self

import psycopg

from core.tests.servers import Server
from realtime.tests.faults.history import Reading

PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 5.0

AWAY = (sqlite3.Error, psycopg.Error)


@dataclass(frozen=True, slots=True)
class Logged:
    """A row as it is stored."""

    seq: int
    data: bytes
    quarantined: bool


class Database:
    """The database of a server, by a connection of our own and in plain SQL. Raises AWAY."""

    def __init__(self, server: Server) -> None:
        self._url = server.environment.get("DATABASE_URL", "")
        self._file = server.data_dir / "commonplace.sqlite3"

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        if self._url:
            with psycopg.connect(self._url, autocommit=True, connect_timeout=2) as connection:
                return connection.execute(sql.replace("?", "%s").encode(), values).fetchall()
        with closing(sqlite3.connect(self._file, timeout=PATIENCE_SECONDS)) as connection:
            return connection.execute(sql, values).fetchall()

    def note_key(self, note: str) -> int:
        return int(self.ask("SELECT id FROM notes_note WHERE public_id = ?", note)[0][0])

    def head(self, key: int) -> int:
        return int(self.ask("SELECT seq FROM notes_note WHERE id = ?", key)[0][0])

    def rows_after(self, key: int, seq: int) -> list[Logged]:
        sql = "SELECT seq, data, quarantined FROM notes_noteupdate WHERE note_id = ? AND seq > ? ORDER BY seq"
        return [Logged(number, bytes(data), bool(bad)) for number, data, bad in self.ask(sql, key, seq)]

    def last(self, key: int) -> int:
        (found,) = self.ask("SELECT max(seq) FROM notes_noteupdate WHERE note_id = ?", key)
        return int(found[0] or 0)


class Bookkeeper:
    """Reads in a thread from `with` to its end, and remembers when the log ended where."""

    def __init__(self, database: Database, note: str) -> None:
        self._database = database
        self._key = database.note_key(note)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._read_on, name="bookkeeper", daemon=True)
        self.readings: list[Reading] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _read_on(self) -> None:
        while not self._done.wait(PAUSE_SECONDS):
            with suppress(*AWAY):
                begun = time.time()
                self.readings.append(Reading(begun, self._database.last(self._key)))

    def whole_log(self) -> tuple[int, Sequence[Logged]]:
        """The head that the note says, and every row."""
        return self._database.head(self._key), self._database.rows_after(self._key, 0)
