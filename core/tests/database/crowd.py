"""A hundred thousand of everything, in a few seconds: made by the database itself."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from core.background.models import WaitingMail
from core.lib import clock
from notes.models import (
    Activity,
    ActivityCounter,
    Export,
    Membership,
    Note,
    Notebook,
    NoteClient,
    NoteSnapshot,
    NoteUpdate,
)

MANY = 100_000
OUTER = MANY // 2  # as many notebooks are outermost; each has one in it
LONG_NOTE = 1
LONG_LOG = 2_000  # so many of its updates are in rows; as many before them would be in segments
LEFT = 40  # notes that a process left unfolded when it died
DUE = 30  # messages and exports that wait, among those that do not

# Of each table: its columns, each as an expression of `i`, from 1 to MANY. What is said in braces is a value below.
TABLES: dict[str, dict[str, str]] = {
    "accounts_user": {
        "id": "i",
        "password": "{password}",
        "is_superuser": "FALSE",
        "public_id": "'u' || i",
        "email": "'person' || i || '@example.org'",
        "display_name": "'Person ' || i",
        "colour": "1",
        "is_staff": "FALSE",
        "is_active": "TRUE",
        "date_joined": "{long_ago}",
    },
    "notes_notebook": {
        "id": "i",
        "public_id": "'b' || i",
        "title": "'Notebook ' || i",
        "description": "''",
        "cloth": "1",
        "parent_id": f"CASE WHEN i > {OUTER} THEN i - {OUTER} END",
        "path": f"CASE WHEN i > {OUTER} THEN (i - {OUTER}) || '/' ELSE '' END || i || '/'",
        "created_by_id": "i",
        "created_at": "{long_ago}",
    },
    # Ada is person 1, and in five of the notebooks.
    "notes_membership": {
        "notebook_id": f"(i + 1) % {OUTER} + 1",
        "user_id": f"CASE WHEN i <= 5 THEN 1 WHEN i > {OUTER} THEN 1 + (i + 7) % {OUTER} ELSE i + 10 END",
        "role": "40",
        "created_at": "{long_ago}",
    },
    "notes_note": {
        "id": "i",
        "public_id": "'n' || i",
        "notebook_id": f"(i * 7) % {MANY} + 1",
        "title": "'Note ' || i",
        "position": "1",
        "created_by_id": "i",
        "created_at": "{long_ago}",
        "changed_at": "{long_ago}",
        "seq": f"CASE WHEN i = {LONG_NOTE} THEN {2 * LONG_LOG} WHEN i <= {LEFT} THEN 2 ELSE 1 END",
        "epoch": "1",
        "access_epoch": "1",
        "excerpt": "''",
        "words": "0",
    },
    "notes_noteupdate": {
        "note_id": f"CASE WHEN i <= {LONG_LOG} THEN {LONG_NOTE} ELSE i - {LONG_LOG} + 1 END",
        "seq": f"CASE WHEN i <= {LONG_LOG} THEN {LONG_LOG} + i WHEN i - {LONG_LOG} + 1 <= {LEFT} THEN 2 ELSE 1 END",
        "epoch": "1",
        "author_id": "i",
        "origin": "1",
        "created_at": "{long_ago}",
        "data": "{bytes}",
        "quarantined": "FALSE",
    },
    "notes_notesnapshot": {
        "note_id": "i",
        "epoch": "1",
        "seq": f"CASE WHEN i = {LONG_NOTE} THEN {2 * LONG_LOG - 20} ELSE 1 END",
        "state": "{bytes}",
        "outline": "{bytes}",
        "text": "''",
        "text_hash": "{bytes}",
        "created_at": "{long_ago}",
    },
    "notes_noteclient": {"note_id": "i", "epoch": "1", "client_id": "i", "user_id": "i"},
    "notes_activity": {
        "notebook_id": f"(i * 7) % {MANY} + 1",
        "note_id": "i",
        "actor_id": "i",
        "verb": "'note-edited'",
        "data": "'{{}}'",
        "created_at": "{long_ago}",
        "changed_at": "{long_ago}",
        "cursor": "i",
    },
    "notes_export": {
        "public_id": "'e' || i",
        "notebook_id": f"i % {MANY} + 1",
        "requested_by_id": "i",
        "state": f"CASE WHEN i <= {DUE} THEN 1 ELSE 3 END",
        "done": "0",
        "total": "0",
        "tries": "0",
        "lease_until": "{long_ago}",
        "problem": "''",
        "created_at": "{long_ago}",
        "expires_at": "{soon}",
        "size": "0",
        "data": "{bytes}",
    },
    # `to` is a word of SQL.
    "background_waitingmail": {
        '"to"': "'person' || i",
        "sealed": "{bytes}",
        "created_at": "{long_ago}",
        "due_at": f"CASE WHEN i <= {2 * DUE} THEN {{long_ago}} ELSE {{soon}} END",
        "tries": "0",
        "error": "''",
        "given_up_at": f"CASE WHEN i <= {DUE} THEN {{long_ago}} END",
    },
    "django_session": {"session_key": "'session' || i", "session_data": "''", "expire_date": "{soon}"},
}
MODELS: tuple[type[Model], ...] = (
    *(Activity, Export, Membership, Note, Notebook, NoteClient, NoteSnapshot, NoteUpdate),
    *(WaitingMail, Session),
)


def gather() -> None:
    """Fills the tables, which are empty. On PostgreSQL their statistics are made, as it does by itself after a while;
    on SQLite nobody makes any."""
    now = timezone.now()
    values = {
        "password": make_password("ada"),
        "long_ago": clock.now() - timedelta(days=40),
        "soon": now + timedelta(hours=1),
        "bytes": b"\x00\x00",
    }
    with connection.cursor() as cursor:
        _foreign_keys(cursor, held=False)
        cursor.execute(
            "CREATE TEMPORARY TABLE numbers AS WITH RECURSIVE n(i) AS "
            f"(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) SELECT i FROM n"
        )
        for table, columns in TABLES.items():
            names, expressions = ", ".join(columns), ", ".join(columns.values())
            _fill(cursor, f"INSERT INTO {table} ({names}) SELECT {expressions} FROM numbers ORDER BY i", values)
        cursor.execute("DROP TABLE numbers")
        _foreign_keys(cursor, held=True)
        for statement in connection.ops.sequence_reset_sql(no_style(), MODELS):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    ActivityCounter.objects.update_or_create(pk=1, defaults={"value": MANY})


def _fill(cursor: Any, statement: str, values: dict[str, Any]) -> None:
    cursor.execute(statement.replace("%", "%%").format(**{name: f"%({name})s" for name in values}), values)


def _foreign_keys(cursor: Any, *, held: bool) -> None:
    """To look up a million of them would take longer than all the rest."""
    if connection.vendor == "postgresql":
        cursor.execute(f"SET session_replication_role = {'origin' if held else 'replica'}")
    else:
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if held else 'OFF'}")


def scatter() -> None:
    with connection.cursor() as cursor:
        _foreign_keys(cursor, held=False)
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        else:
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table}")
        _foreign_keys(cursor, held=True)
