"""Migrations say what the models say, and each has a way back. `make test` runs this on both databases."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from core.accounts.models import User
from core.lib.ourmodels import our_models
from notes.models import Activity, Export, Membership, Note, Notebook
from notes.services import history
from notes.services.segments import pack_note
from notes.tests.logs import snap, write


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_migration_without_a_way_back_says_why() -> None:
    """`no_way_back = "why"` in the class. What is lost must be meant to be lost."""
    wrong = [
        f"{migration}: {operation}"
        for (app, _), migration in MigrationLoader(None).disk_migrations.items()
        for operation in migration.operations
        if app in our_models() and not operation.reversible and not getattr(migration, "no_way_back", "")
    ]
    assert not wrong


@pytest.fixture
def forward_again(transactional_db: None) -> Iterator[None]:
    yield
    call_command("migrate", verbosity=0)


def go(*targets: tuple[str, str | None]) -> None:
    MigrationExecutor(connection).migrate(list(targets))


def first_steps() -> list[tuple[str, str]]:
    graph = MigrationExecutor(connection).loader.graph
    return [step for step in graph.root_nodes() if step[0] in our_models()]


def shape() -> dict[str, Any]:
    """What the database itself says about our tables: columns, constraints and indexes."""
    tables = sorted(model._meta.db_table for models in our_models().values() for model in models)
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        asked = connection.introspection
        return {
            table: (
                # Where a column stands in its table depends on the way.
                sorted(map(repr, asked.get_table_description(cursor, table))),
                sorted(repr(sorted(kind.items())) for kind in asked.get_constraints(cursor, table).values()),
            )
            for table in tables
            if table in there
        }


def told() -> dict[str, Any]:
    """What somebody would miss: every row of the tables that the first version knew, and each key of each note."""
    logs = {
        note.pk: [tuple(update) for update in history.updates(note.pk, epoch=note.epoch)]
        for note in Note.objects.order_by("pk")
    }
    kept = (User, Notebook, Membership, Note, Activity)
    rows = {model: list(model.objects.order_by("pk").values()) for model in kept}
    return {"logs": logs, "rows": rows}


@pytest.mark.usefixtures("forward_again")
def test_every_step_but_the_first_goes_back_and_forward_again_and_nothing_is_lost() -> None:
    """With the demo in the tables, and a note whose log is packed."""
    call_command("seed_demo", stdout=io.StringIO())
    ada, note = User.objects.order_by("pk")[0], Note.objects.order_by("pk")[0]
    export = Export.objects.create(notebook=note.notebook, requested_by=ada)
    note_with_packed_log(ada, note.notebook)
    before, drawn = told(), shape()
    go(*first_steps())
    assert shape().keys() < drawn.keys()
    call_command("migrate", verbosity=0)
    assert told() == before
    assert shape() == drawn
    assert not Export.objects.filter(pk=export.pk).exists()  # its table is younger; in a day it would be gone anyhow


@pytest.mark.usefixtures("forward_again")
def test_all_goes_back_to_nothing_and_comes_again_as_it_was() -> None:
    call_command("seed_demo", stdout=io.StringIO())
    drawn = shape()
    go(*((app, None) for app in our_models()))
    assert shape() == {}
    call_command("migrate", verbosity=0)
    assert shape() == drawn
    assert not User.objects.exists()


def note_with_packed_log(author: User, notebook: Notebook) -> None:
    note: Note = Note.objects.create(notebook=notebook, title="Packed", created_by=author)
    write(note, [author], 300)
    snap(note)
    assert list(pack_note(note.pk))
    write(note, [author], 5)
