"""New values for some columns of rows that are in memory."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def write_fields(rows: Sequence[Model], names: Sequence[str]) -> None:
    """One statement, executed for each row. For rows by the dozen `bulk_update` takes longer to write the one that it
    sends than the database does to carry it out.
    """
    if not rows:
        return
    quoted = connection.ops.quote_name
    meta: Any = rows[0]._meta
    fields = [meta.get_field(name) for name in names]
    new = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    statement = f"UPDATE {quoted(meta.db_table)} SET {new} WHERE {quoted(meta.pk.column)} = %s"  # noqa: S608
    values = [
        [*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields), row.pk] for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
