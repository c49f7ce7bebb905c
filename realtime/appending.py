"""How a flush becomes rows: four statements for all its notes, whatever their number.

In plain SQL on the driver's own cursors: this is the one place where every keystroke passes through the database, and
made of model instances it took several times as long. The transaction around it is Django's.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from notes.models import Note, NoteClient, NoteUpdate, Origin
from realtime.storage import Append, Head

UPDATE = ("note_id", "seq", "epoch", "author_id", "origin", "created_at", "data", "quarantined")
CLIENT = ("note_id", "epoch", "client_id", "user_id")
HEAD = ("id", "seq", "epoch", "access_epoch")
MOVED = ("seq", "changed_at")


def lock(note_ids: Sequence[int]) -> dict[int, Head]:
    """The heads of the notes. Nobody else can move them before the end of the transaction."""
    with _cursor() as cursor:
        cursor.execute(_select(len(note_ids)), note_ids)
        return {pk: Head(seq, epoch, access_epoch) for pk, seq, epoch, access_epoch in cursor.fetchall()}


def write(appends: Sequence[Append]) -> None:
    """Adds their entries to the log, binds client ids and moves the heads, all of which are locked and as expected."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
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
    with _cursor() as cursor:
        for statement, rows in ((_insert(NoteUpdate, UPDATE), updates), (_insert(NoteClient, CLIENT), clients)):
            if rows:
                cursor.executemany(statement, rows)
        if heads:
            cursor.executemany(_move(), heads)


@contextmanager
def _cursor() -> Iterator[Any]:
    with connection.wrap_database_errors, closing(connection.connection.cursor()) as cursor:
        yield cursor


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
