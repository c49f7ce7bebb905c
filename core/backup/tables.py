"""What is in a backup: which tables, and how a row becomes a line of JSON and a row again.

A row is written column by column, by the names of the fields: text and numbers as they are, bytes in base64, times in
ISO 8601. So it is the same from every database. What each installation makes for itself (content types, permissions)
is referred to by its name: its keys are others elsewhere.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Field, ForeignKey, Model

from core.backup.errors import BadArchiveError
from core.backup.shapes import LARGEST

type Row = dict[str, Any]

CHUNK = 500  # rows that are fetched at a time

# In this order, which is also that of restoring. What is large is ordered by note, so that a note's history can be
# read from beginning to end without looking for it.
KEPT: dict[str, Sequence[str]] = {
    "auth.Group": ("id",),
    "auth.Group_permissions": ("id",),
    "accounts.User": ("id",),
    "accounts.User_groups": ("id",),
    "accounts.User_user_permissions": ("id",),
    "account.EmailAddress": ("id",),
    "mfa.Authenticator": ("id",),
    "accounts.AuditEntry": ("id",),
    "admin.LogEntry": ("id",),
    "notes.Notebook": ("id",),
    "notes.Membership": ("id",),
    "notes.Invitation": ("id",),
    "notes.Note": ("id",),
    "notes.NoteSegment": ("note_id", "last_seq"),
    "notes.NoteUpdate": ("note_id", "seq"),
    "notes.Quarantine": ("id",),
    "notes.NoteSnapshot": ("note_id", "epoch"),
    "notes.NoteClient": ("id",),
    "notes.LoadMark": ("id",),
    "notes.Activity": ("id",),
    "notes.ActivityCounter": ("id",),
}
LEFT_OUT = {
    "sessions.Session": "Whoever was signed in signs in again.",
    "account.EmailConfirmation": "A link that is good for some days; another can be asked for.",
    "notes.Export": "A file that is made again when it is asked for, and goes after a day.",
    "background.WaitingMail": "Encrypted with the secret key, which stays where it is.",
    "background.FailedTask": "For whoever looks after this installation, not another.",
    "contenttypes.ContentType": "Made by each installation for itself.",
    "auth.Permission": "Made by each installation for itself.",
}
# What a migration puts there: an instance that holds nothing else is empty.
BEGUN_WITH = ("notes.ActivityCounter",)


@dataclass(frozen=True)
class Table:
    """A table by the models of some state of the migrations."""

    name: str
    model: type[Model]

    @cached_property
    def columns(self) -> "list[Column]":
        fields = [field for field in self.model._meta.concrete_fields if isinstance(field, Field)]
        return [_Named(field) if _is_standing(field) else Column(field) for field in fields]

    @property
    def db_table(self) -> str:
        return connection.ops.quote_name(self.model._meta.db_table)

    def read(self, **only: Any) -> Iterator[Row]:
        """All rows in the table's order, a few at a time."""
        names = [column.name for column in self.columns]
        found = self.model._base_manager.filter(**only).order_by(*KEPT[self.name]).values_list(*names)
        for values in found.iterator(chunk_size=CHUNK):
            yield {column.name: column.told(value) for column, value in zip(self.columns, values, strict=True)}

    def insertion(self) -> str:
        columns = ", ".join(connection.ops.quote_name(str(column.field.column)) for column in self.columns)
        places = ", ".join(["%s"] * len(self.columns))
        return f"INSERT INTO {self.db_table} ({columns}) VALUES ({places})"  # noqa: S608  # names of our own

    def values(self, row: Row) -> list[Any] | None:
        """What is inserted. None: it is about something that this version does not know any more.

        Raises BadArchiveError.
        """
        try:
            return self._taken(row, self.columns)
        except LookupError:
            return None

    def check(self, row: Row) -> None:
        """What can be said of a row before there is a table for it. Raises BadArchiveError."""
        self._taken(row, [column for column in self.columns if not isinstance(column, _Named)])

    def _taken(self, row: Row, columns: "list[Column]") -> list[Any]:
        if row.keys() != {column.name for column in self.columns}:
            raise BadArchiveError(f"a row of {self.name} has other columns than the table")
        try:
            return [column.taken(row[column.name]) for column in columns]
        except (ValueError, TypeError, OverflowError, ValidationError, binascii.Error) as error:
            raise BadArchiveError(f"a row of {self.name} holds a value that its column cannot ({error})") from error


class Column:
    def __init__(self, field: "Field[Any, Any]") -> None:
        self.field = field
        self.name = field.attname
        self._is_bytes = field.get_internal_type() == "BinaryField"
        self._is_json = field.get_internal_type() == "JSONField"

    def told(self, value: Any) -> Any:
        match value:
            case bytes() | bytearray() | memoryview():
                return base64.b64encode(value).decode()
            case date() | datetime():
                return value.isoformat()
            case UUID():
                return str(value)
            case None | bool() | int() | float() | str():
                return value
            case dict() | list() if self._is_json:
                return value
        raise TypeError(f"A backup does not know how to write {type(value).__name__} ({self.field}).")

    def taken(self, value: Any) -> Any:
        """For the driver. Raises LookupError for what this version does not know, and what Python and Django raise."""
        if value is None and not self.field.null:
            raise ValueError(f"{self.name} is empty")
        if self._is_bytes and value is not None:
            value = base64.b64decode(value, validate=True)
        elif not self._is_json:
            value = self.field.to_python(value)
        ready = self.field.get_db_prep_save(value, connection)
        if isinstance(ready, int) and abs(ready) > LARGEST:
            raise OverflowError(f"{self.name} is too large")
        return ready


class _Named(Column):
    """A reference to what each installation makes for itself: [app, model] or [app, model, permission]."""

    @cached_property
    def _names(self) -> dict[int, list[str]]:
        prefix = "content_type__" if self._target == "auth.Permission" else ""
        parts = [f"{prefix}app_label", f"{prefix}model", *(["codename"] if prefix else [])]
        rows = apps.get_model(self._target)._base_manager.values_list("pk", *parts)
        return {pk: list(names) for pk, *names in rows}

    @cached_property
    def _keys(self) -> dict[tuple[str, ...], int]:
        return {tuple(names): pk for pk, names in self._names.items()}

    @property
    def _target(self) -> str:
        return str(self.field.related_model._meta.label)  # type: ignore[union-attr]  # it is a relation

    def told(self, value: Any) -> Any:
        return None if value is None else self._names[value]

    def taken(self, value: Any) -> Any:
        if value is None:
            return super().taken(None)
        key = self._keys.get(tuple(map(str, value)))
        if key is None and not self.field.null:
            raise LookupError(value)
        return key


def _is_standing(field: "Field[Any, Any]") -> bool:
    target = field.related_model if isinstance(field, ForeignKey) else None
    return not isinstance(target, str | None) and target._meta.label in ("contenttypes.ContentType", "auth.Permission")


def tables(registry: Any = apps) -> Mapping[str, Table]:
    """The tables that are kept, as far as `registry` knows them: an older state of the migrations knows fewer."""
    known = {model._meta.label: model for model in registry.get_models(include_auto_created=True)}
    return {name: Table(name, known[name]) for name in KEPT if name in known}
