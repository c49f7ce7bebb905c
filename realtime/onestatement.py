"""How a flush becomes rows on PostgreSQL: in one statement, which is one way there and back instead of six.

Each of the six woke this process and PostgreSQL's, and that was most of what a keystroke cost. The statement does what
the transaction in `realtime.appending` does for notes that are as expected, and leaves out all others.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection

from core.lib import clock
from notes.models import Note, NoteClient, NoteUpdate, Origin
from realtime.storage import Append

# Locked in the order of the primary key, so that two processes never wait for each other in a circle. Whoever had to
# wait looks at the row again as it is then.
APPEND = """
WITH wanted AS (
    SELECT * FROM unnest(
        %(notes)s::bigint[], %(seqs)s::bigint[], %(epochs)s::bigint[], %(accesses)s::bigint[], %(counts)s::bigint[]
    ) AS w (id, seq, epoch, access_epoch, count)
), held AS (
    SELECT n.id, w.seq + w.count AS seq FROM {note} n JOIN wanted w USING (id)
    WHERE (n.seq, n.epoch, n.access_epoch) = (w.seq, w.epoch, w.access_epoch)
    ORDER BY n.id FOR UPDATE OF n
), moved AS (
    UPDATE {note} n SET seq = held.seq, changed_at = %(now)s FROM held WHERE n.id = held.id RETURNING n.id
), added AS (
    INSERT INTO {update} (note_id, seq, epoch, author_id, origin, created_at, data, quarantined)
    SELECT r.note_id, r.seq, r.epoch, r.author_id, %(origin)s, %(now)s, r.data, FALSE
    FROM unnest(
        %(row_notes)s::bigint[], %(row_seqs)s::bigint[], %(row_epochs)s::int[], %(row_authors)s::bigint[],
        %(row_data)s::bytea[]
    ) AS r (note_id, seq, epoch, author_id, data) JOIN moved ON moved.id = r.note_id
){binding} SELECT id FROM moved
"""
BIND = """, bound AS (
    INSERT INTO {client} (note_id, epoch, client_id, user_id)
    SELECT c.note_id, c.epoch, c.client_id, c.user_id
    FROM unnest(
        %(client_notes)s::bigint[], %(client_epochs)s::int[], %(client_ids)s::bigint[], %(client_users)s::bigint[]
    ) AS c (note_id, epoch, client_id, user_id) JOIN moved ON moved.id = c.note_id
)"""


def append(appends: Sequence[Append]) -> set[int]:
    """Appends to those notes whose head is as expected, all of them or none. Returns their ids.

    Not inside a transaction of Django's: it knows nothing of this one.
    """
    heads = [(append.note_id, append.head, len(append.entries)) for append in appends]
    rows = [
        (append.note_id, seq, append.head.epoch, entry)
        for append in appends
        for seq, entry in enumerate(append.entries, append.head.seq + 1)
    ]
    bound = [(note_id, epoch, client, entry.author_id) for note_id, _, epoch, entry in rows for client in entry.clients]
    values = {
        "now": clock.now(),
        "origin": int(Origin.SOCKET),
        "notes": [note_id for note_id, _, _ in heads],
        "seqs": [head.seq for _, head, _ in heads],
        "epochs": [head.epoch for _, head, _ in heads],
        "accesses": [head.access_epoch for _, head, _ in heads],
        "counts": [count for _, _, count in heads],
        "row_notes": [note_id for note_id, _, _, _ in rows],
        "row_seqs": [seq for _, seq, _, _ in rows],
        "row_epochs": [epoch for _, _, epoch, _ in rows],
        "row_authors": [entry.author_id for _, _, _, entry in rows],
        "row_data": [entry.data for _, _, _, entry in rows],
        "client_notes": [note_id for note_id, _, _, _ in bound],
        "client_epochs": [epoch for _, epoch, _, _ in bound],
        "client_ids": [client for _, _, client, _ in bound],
        "client_users": [user for _, _, _, user in bound],
    }
    connection.ensure_connection()
    # Django's own cursor would write the values into the text of the statement.
    backend: Any = connection
    with connection.wrap_database_errors, backend.Database.Cursor(backend.connection) as cursor:
        cursor.execute(_statement(binds=bool(bound)), values)
        return {note_id for (note_id,) in cursor.fetchall()}


@cache
def _statement(*, binds: bool) -> str:
    models = {"note": Note, "update": NoteUpdate, "client": NoteClient}
    tables = {name: connection.ops.quote_name(model._meta.db_table) for name, model in models.items()}
    return APPEND.format(binding=BIND.format(**tables) if binds else "", **tables)
