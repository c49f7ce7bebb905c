"""How a flush becomes rows: one transaction of four statements for all its notes, whatever their number.

In plain SQL on the driver's own connection: this is the one place where every keystroke passes through the database.
Made of model instances it took several times as long, and inside of Django's `atomic` half as long again.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from core.lib import clock
from notes.models import Note, NoteClient, NoteUpdate, Origin
from realtime.storage import Append, Head

logger = logging.getLogger(__name__)

UPDATE = ("note_id", "seq", "epoch", "author_id", "origin", "created_at", "data", "quarantined")
CLIENT = ("note_id", "epoch", "client_id", "user_id")
HEAD = ("id", "seq", "epoch", "access_epoch")
MOVED = ("seq", "changed_at")


def commit(appends: Sequence[Append]) -> dict[int, Head]:
    """Appends to those notes whose head is as expected. Returns the heads as they were; a note that is gone has none.

    Not inside a transaction of Django's: it knows nothing of this one.
    """
    with _transaction() as cursor:
        heads = _lock(cursor, [append.note_id for append in appends])
        _write(cursor, [append for append in appends if heads.get(append.note_id) == append.head])
    return heads


@contextmanager
def _transaction() -> Iterator[Any]:
    connection.ensure_connection()
    with connection.wrap_database_errors, closing(connection.connection.cursor()) as cursor:
        # SQLite: what would only later ask for the one writer's place may be refused it, after all its work.
        cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
        try:
            yield cursor
            cursor.execute("COMMIT")
        except BaseException:
            _roll_back(cursor)
            raise


def _roll_back(cursor: Any) -> None:
    try:
        cursor.execute("ROLLBACK")
    except Exception as error:  # noqa: BLE001  # the connection is lost, or in a state that nobody knows
        logger.info("a connection is given up: %r", error)
        connection.close()


def _lock(cursor: Any, note_ids: Sequence[int]) -> dict[int, Head]:
    """The heads of the notes. Nobody else can move them before the end of the transaction."""
    cursor.execute(_select(len(note_ids)), note_ids)
    return {pk: Head(seq, epoch, access_epoch) for pk, seq, epoch, access_epoch in cursor.fetchall()}


def _write(cursor: Any, appends: Sequence[Append]) -> None:
    """Adds their entries to the log, binds client ids and moves the heads, all of which are locked and as expected."""
    now = connection.ops.adapt_datetimefield_value(clock.now())
    updates: list[tuple[Any, ...]] = []
    clients: list[tuple[Any, ...]] = []
    heads: list[tuple[Any, ...]] = []
    for append in appends:
        note_id, seq, epoch = append.note_id, append.head.seq, append.head.epoch
        for entry in append.entries:
            seq += 1
            updates.append((note_id, seq, epoch, entry.author_id, int(Origin.SOCKET), now, entry.data, False))
            clients += [(note_id, epoch, client_id, entry.author_id) for client_id in entry.clients]
        heads.append((seq, now, note_id))
    for statement, rows in (
        (_insert(NoteUpdate, UPDATE), updates),
        (_insert(NoteClient, CLIENT), clients),
        (_move(), heads),
    ):
        if rows:
            cursor.executemany(statement, rows)


# --- Statements --------------------------------------------------------------------------------------------------


def _place() -> str:
    return "?" if connection.vendor == "sqlite" else "%s"


@cache
def _select(notes: int) -> str:
    # In the order of the primary key, so that two processes never wait for each other in a circle. SQLite's
    # transactions lock the whole file when they begin.
    held = "ORDER BY id FOR UPDATE" if connection.features.has_select_for_update else ""
    return f"SELECT {', '.join(HEAD)} FROM {_table(Note)} WHERE id IN ({', '.join([_place()] * notes)}) {held}"  # noqa: S608


@cache
def _insert(model: type[Model], columns: Sequence[str]) -> str:
    return f"INSERT INTO {_table(model)} ({', '.join(columns)}) VALUES ({', '.join([_place()] * len(columns))})"  # noqa: S608


@cache
def _move() -> str:
    return f"UPDATE {_table(Note)} SET {', '.join(f'{column} = {_place()}' for column in MOVED)} WHERE id = {_place()}"  # noqa: S608


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
