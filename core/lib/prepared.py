"""Queries for one row whose SQL is written once.

To write it takes Django several times as long as the database needs to answer. That is felt where everybody asks the
same at once, as after a restart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators


@dataclass(frozen=True, slots=True)
class _Written:
    sql: str
    model: Any  # its class
    names: Sequence[str]  # of the model's columns, which come first in a row
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]  # position, functions, expression
    related: Sequence[Any]


class Prepared[M: Model]:
    """`Prepared(lambda key: Note.objects.filter(public_id=key), "")` finds a note by its public id, as often as one
    likes. Values are of the kinds that every database takes as they are: text and whole numbers.
    """

    def __init__(self, make: Callable[..., QuerySet[M]], *samples: str | int) -> None:
        """`samples`: a value of the right kind for each parameter, in the order in which the SQL names them."""
        self._make, self._samples = make, samples
        self._written: _Written | None = None

    def find(self, *values: str | int) -> M | None:
        written = self._written = self._written or self._write()
        with connection.cursor() as cursor:
            cursor.execute(written.sql, values)
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for position, functions, expression in written.converters:
            for function in functions:
                row[position] = function(row[position], expression, connection)
        instance: M = written.model.from_db(DEFAULT_DB_ALIAS, written.names, row[: len(written.names)])
        for populator in written.related:
            populator.populate(row, instance)
        return instance

    def _write(self) -> _Written:
        queryset: Any = self._make(*self._samples)
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        assert tuple(parameters) == self._samples, "not just these parameters, in this order"
        columns, about = compiler.select, compiler.klass_info
        assert about["select_fields"] == list(range(len(about["select_fields"])))
        converters = compiler.get_converters([expression for expression, _, _ in columns])
        return _Written(
            sql,
            about["model"],
            [columns[position][0].target.attname for position in about["select_fields"]],
            [(position, functions, expression) for position, (functions, expression) in converters.items()],
            get_related_populators(about, columns, DEFAULT_DB_ALIAS, queryset._fetch_mode),
        )
