"""Draws our tables for docs/database.md, in Mermaid: a diagram for each app, with the tables of others it names."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.models import Field, ForeignKey, Model, OneToOneField
from django.db.utils import DEFAULT_DB_ALIAS

from core.lib.env import BASE_DIR
from core.lib.ourmodels import our_models

BEGIN = "<!-- drawn by `manage.py draw_database --write` -->\n"
END = "<!-- end of what is drawn -->\n"
PAGE = BASE_DIR / "docs" / "database.md"

# Types are said as PostgreSQL says them, whatever the database of the settings; nothing is asked of a server.
POSTGRESQL: Any = DatabaseWrapper({"ENGINE": "django.db.backends.postgresql"}, DEFAULT_DB_ALIAS)
SHORT = {"timestamp with time zone": "timestamptz", "double precision": "float8"}


class Command(BaseCommand):
    help = "Draws the tables as Mermaid diagrams; with --write into docs/database.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help=f"replace what is drawn in {PAGE.name}")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"]:
            _replace(PAGE, drawn())
        else:
            self.stdout.write(drawn(), ending="")


def drawn() -> str:
    return "\n".join(_diagram(label, models) for label, models in our_models().items())


def _replace(page: Path, diagrams: str) -> None:
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise CommandError(f"{page} has no place for what is drawn: {BEGIN.strip()} ... {END.strip()}")
    page.write_text(f"{before}{BEGIN}\n{diagrams}\n{END}{after}")


def _diagram(label: str, models: Sequence[type[Model]]) -> str:
    lines = [f"### {label}", "", "```mermaid", "erDiagram"]
    for model in models:
        lines += [f"    {model.__name__} {{", *(f"        {line}" for line in _fields(model)), "    }"]
    lines += [f"    {line}" for model in models for line in _relations(model)]
    return "\n".join([*lines, "```", ""])


def _fields(model: type[Model]) -> Iterator[str]:
    for field in model._meta.local_concrete_fields:
        empty = ' "or null"' if field.null else ""
        yield " ".join(filter(None, [_type(field), field.column, _keys(field)])) + empty


def _type(field: "Field[Any, Any]") -> str:
    name = str(field.db_type(POSTGRESQL))
    return SHORT.get(name, name).replace(" ", "_")


def _keys(field: "Field[Any, Any]") -> str:
    marks = {"PK": field.primary_key, "FK": field.is_relation, "UK": field.unique and not field.primary_key}
    return ", ".join(mark for mark, holds in marks.items() if holds)


def _relations(model: type[Model]) -> Iterator[str]:
    """From the table that is named to the one that names it: one, or none, to many, or to one at the most."""
    for field in model._meta.local_concrete_fields:
        if isinstance(field, ForeignKey):
            one, many = "|o" if field.null else "||", "o|" if isinstance(field, OneToOneField) else "o{"
            yield f'{field.remote_field.model.__name__} {one}--{many} {model.__name__} : "{field.verbose_name}"'
