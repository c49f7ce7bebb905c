"""How a flush becomes rows: one transaction of four statements for all its notes, whatever their number; on PostgreSQL
one statement for those of them that nobody else writes to meanwhile (realtime/onestatement.py).

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
from core.lib.redaction import told
from notes.models import Note, NoteClient, NoteUpdate, Origin
from realtime import onestatement
from realtime.storage import Append, Appended, Head, Row

logger = logging.getLogger(__name__)

UPDATE = ("note_id", "seq", "epoch", "author_id", "origin", "created_at", "data", "quarantined")
CLIENT = ("note_id", "epoch", "client_id", "user_id")
HEAD = ("id", "seq", "epoch", "access_epoch")
MOVED = ("seq", "changed_at")
MISSED = ("seq", "data", "author_id")

# What others may have written since a room last heard of them, for its own flush to go right behind it.
MOST_MISSED = 500


def commit(appends: Sequence[Append]) -> list[Appended | Head | None]:
    """Appends to those notes that are as expected, or to which others only added. For each: what became of it.

    A head says where a note stands that was not appended to, None that it is gone. Should it fail half-way, what is in
    the log already is found there when the same is tried again. Not inside a transaction of Django's: it knows nothing
    of this one.
    """
    known = onestatement.append(appends) if connection.vendor == "postgresql" else set()
    rest = iter(_commit_all([append for append in appends if append.note_id not in known]))
    return [Appended(append.head.seq + 1) if append.note_id in known else next(rest) for append in appends]


def _commit_all(appends: Sequence[Append]) -> list[Appended | Head | None]:
    if not appends:
        return []
    with _transaction() as cursor:
        heads = _lock(cursor, [append.note_id for append in appends])
        outcomes = [_place_for(cursor, append, heads.get(append.note_id)) for append in appends]
        placed = [(append, out) for append, out in zip(appends, outcomes, strict=True) if isinstance(out, Appended)]
        _write(cursor, placed)
    return outcomes


def _place_for(cursor: Any, append: Append, head: Head | None) -> Appended | Head | None:
    if head is None or head == append.head:
        return head and Appended(head.seq + 1)
    if (head.epoch, head.access_epoch) != (append.head.epoch, append.head.access_epoch):
        return head
    missed = _missed(cursor, append, head)
    # Nobody of the authors wrote elsewhere, so nothing in one part repeats or leans on the other: their order is free.
    # A process that had to begin anew each time would never come to write beside one that is faster.
    alone = {entry.author_id for entry in append.entries}.isdisjoint(row.author_id for row in missed)
    return Appended(head.seq + 1, missed) if missed and alone else head


def _missed(cursor: Any, append: Append, head: Head) -> tuple[Row, ...]:
    """What others wrote in between; nothing if that is much, partly packed, or in quarantine."""
    count = head.seq - append.head.seq
    if not 0 < count <= MOST_MISSED:
        return ()
    cursor.execute(_select_rows(), (append.note_id, append.head.seq, False))
    rows = [Row(seq, bytes(data), author_id) for seq, data, author_id in cursor.fetchall()]
    return tuple(rows) if len(rows) == count else ()


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
        logger.info("a connection is given up: %s", told(error))
        connection.close()


def _lock(cursor: Any, note_ids: Sequence[int]) -> dict[int, Head]:
    """The heads of the notes. Nobody else can move them before the end of the transaction."""
    cursor.execute(_select(len(note_ids)), note_ids)
    return {pk: Head(seq, epoch, access_epoch) for pk, seq, epoch, access_epoch in cursor.fetchall()}


def _write(cursor: Any, placed: Sequence[tuple[Append, Appended]]) -> None:
    """Adds their entries to the log, binds client ids and moves the heads, all of which are locked."""
    now = connection.ops.adapt_datetimefield_value(clock.now())
    updates: list[tuple[Any, ...]] = []
    clients: list[tuple[Any, ...]] = []
    heads: list[tuple[Any, ...]] = []
    for append, place in placed:
        note_id, seq, epoch = append.note_id, place.first_seq - 1, append.head.epoch
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
def _select_rows() -> str:
    where = f"note_id = {_place()} AND seq > {_place()} AND quarantined = {_place()}"
    return f"SELECT {', '.join(MISSED)} FROM {_table(NoteUpdate)} WHERE {where} ORDER BY seq"  # noqa: S608


@cache
def _insert(model: type[Model], columns: Sequence[str]) -> str:
    return f"INSERT INTO {_table(model)} ({', '.join(columns)}) VALUES ({', '.join([_place()] * len(columns))})"  # noqa: S608


@cache
def _move() -> str:
    return f"UPDATE {_table(Note)} SET {', '.join(f'{column} = {_place()}' for column in MOVED)} WHERE id = {_place()}"  # noqa: S608


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
