"""Brings an archive into an empty instance, and looks afterwards whether every note is what its log says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.core.management.color import no_style
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.backup import logs, state
from core.backup.epochs import NewEpochs
from core.backup.errors import BackupError, BadArchiveError
from core.backup.frozen import frozen
from core.backup.reading import Archive
from core.backup.replaying import Replayer
from core.backup.tables import BEGUN_WITH, Row, Table, tables

BATCH_ROWS = 500  # that are inserted at a time, at most
BATCH_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about one note. `trouble` is empty where all is well."""

    name: str
    trouble: str


class DatabaseRows:
    """The database, told as an archive tells it."""

    def __init__(self) -> None:
        self._tables = tables()

    def rows(self, table: str) -> Iterator[Row]:
        return self._tables[table].read()


def check_empty() -> None:
    """Raises BackupError for an instance that holds something. One without any tables is empty, too."""
    there = set(connection.introspection.table_names())
    for table in tables().values():
        if table.name in BEGUN_WITH or table.model._meta.db_table not in there:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table.db_table}")  # noqa: S608  # a name of our own
            (count,) = cursor.fetchone()
        if count:
            raise BackupError(
                f"This instance is not empty: {table.name} holds {count} {'row' if count == 1 else 'rows'}. "
                "A backup is restored into a new, empty one only. Nothing was changed."
            )


def restore(archive: Archive) -> None:
    """Raises BadArchiveError before anything is changed, and BackupError later on; then nothing was kept."""
    applied = archive.manifest.migrations
    state.check_known(applied)
    archive.check()
    check_empty()
    known = tables(state.models_at(applied))
    _check_rows(archive, known)
    state.go_to(applied)
    try:
        with transaction.atomic():
            _load(archive, known)
    except IntegrityError as error:
        state.go_on()
        raise BackupError(
            f"The archive's rows do not fit together ({_first_line(error)}). Nothing was kept."
        ) from error
    except DatabaseError as error:
        raise BackupError(f"The database does not take it ({_first_line(error)}). Nothing was kept.") from error
    state.go_on()


def restored(archive: Archive) -> Iterator[Verdict]:
    """Whether each note opens, in this database, with the text that the archive's log makes."""
    with Replayer() as replayer, frozen():
        for told, stored in zip_longest(logs.notes_of(archive), logs.notes_of(DatabaseRows())):
            if told is None or stored is None or told.note["id"] != stored.note["id"]:
                raise BackupError("Somebody has changed this instance while it was compared with the archive.")
            yield _verdict(told, stored, replayer)


def notes_in(archive: Archive) -> Iterator[Verdict]:
    """The same of the archive alone."""
    with Replayer() as replayer:
        for told in logs.notes_of(archive):
            yield _verdict(told, told, replayer)


def _verdict(told: logs.NoteLog, stored: logs.NoteLog, replayer: Replayer) -> Verdict:
    log = logs.replayed(told, replayer)
    opened = log if logs.opens_by_its_log(told, stored) else logs.as_opened(stored, replayer)
    return Verdict(told.name, _trouble(log.trouble, opened.trouble, same=log.digest == opened.digest))


def _trouble(log: str, opened: str, *, same: bool) -> str:
    if opened:
        return f"it cannot be opened: {opened}"
    if log:
        return f"it opens, by its snapshot; its history cannot be read: {log}"
    return "" if same else "what it opens with is not what its history says"


def check_alone() -> None:
    """Raises BackupError where other processes of this installation are connected to its PostgreSQL."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        (count,) = cursor.fetchone()
    if count:
        raise BackupError(
            f"Somebody else is connected to this database ({count}): servers or workers, most likely. Stop them first."
        )


def _check_rows(archive: Archive, known: Mapping[str, Table]) -> None:
    """Every row by itself, while the database still is as it was. Raises BadArchiveError."""
    if strange := [part.table for part in archive.manifest.parts if part.table not in known]:
        raise BadArchiveError(f"it holds a table that is not kept in backups: {strange[0]}")
    if missing := [name for name in BEGUN_WITH if name not in known]:
        raise BadArchiveError(f"it is of a time before there was {missing[0]}")
    for part in archive.manifest.parts:
        for row in archive.rows(part.table):
            known[part.table].check(row)


def _load(archive: Archive, known: Mapping[str, Table]) -> None:
    check_empty()  # again, now that nobody can come in between
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        for name in BEGUN_WITH:
            cursor.execute(f"DELETE FROM {known[name].db_table}")  # noqa: S608  # a name of our own
        epochs = NewEpochs(archive)
        for part in archive.manifest.parts:
            _insert(cursor, known[part.table], epochs.rows(archive, part.table))
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in known.values()]):
            cursor.execute(statement)


def _insert(cursor: Any, table: Table, rows: Iterator[Row]) -> None:
    for batch in _batches(values for row in rows if (values := table.values(row)) is not None):
        cursor.executemany(table.insertion(), batch)


def _batches(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    batch: list[list[Any]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, str | bytes | memoryview))
        if len(batch) == BATCH_ROWS or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
