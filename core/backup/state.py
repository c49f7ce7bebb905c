"""The state of the migrations: of this database, of an archive, and the way from one to the other."""

from collections.abc import Mapping
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from core.backup.errors import BackupError

type Applied = dict[str, list[str]]


def of_database() -> Applied:
    """By app: what is applied. Raises BackupError unless it is just what this version wants."""
    executor = MigrationExecutor(connection)
    applied = executor.loader.applied_migrations
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BackupError("The database is not up to date. Run `manage.py prepare` first.")
    if newer := sorted(set(applied) - set(executor.loader.disk_migrations)):
        raise BackupError(f"The database was made by a newer version: {_in_words(newer[0])} is not known here.")
    found: Applied = {}
    for app, name in sorted(applied):
        found.setdefault(app, []).append(name)
    return found


def check_known(applied: Applied) -> None:
    """Raises BackupError for an archive that a newer version made."""
    known = MigrationLoader(connection).disk_migrations
    for app, names in applied.items():
        for name in names:
            if (app, name) not in known:
                raise BackupError(
                    f"The archive was made by a newer version of Commonplace: {_in_words((app, name))} is not known "
                    "here. Bring this installation up to date first."
                )


def models_at(applied: Applied) -> Any:
    """The models as they were."""
    loader = MigrationLoader(connection)
    nodes = [(app, name) for app, names in applied.items() for name in names if (app, name) in loader.graph.nodes]
    return loader.project_state(nodes).apps


def go_to(applied: Applied) -> None:
    """Brings an empty database to this state. Raises BackupError where there is no way back to it."""
    wanted = _leaves(applied)
    # Twice: an app that goes back takes those along that lean on it.
    for app, name in (*wanted.items(), *wanted.items()):
        if _leaves(_applied_here()).get(app) != name:
            try:
                call_command("migrate", app, name, interactive=False, verbosity=0)
            except IrreversibleError as error:
                raise BackupError(
                    "This database is too new for the archive. Restore into one that has no tables yet."
                ) from error


def go_on() -> None:
    """And from there to the state of this version."""
    call_command("migrate", interactive=False, verbosity=0)


def _applied_here() -> Applied:
    found: Applied = {}
    for app, name in MigrationLoader(connection).applied_migrations:
        found.setdefault(app, []).append(name)
    return found


def _leaves(applied: Mapping[str, list[str]]) -> dict[str, str]:
    """By app: the last of what is applied."""
    graph = MigrationLoader(connection).graph
    nodes = {(app, name) for app, names in applied.items() for name in names} & set(graph.nodes)
    return {
        app: name
        for app, name in nodes
        if not any(child.key[0] == app and child.key in nodes for child in graph.node_map[app, name].children)
    }


def _in_words(migration: tuple[str, str]) -> str:
    return ".".join(migration)
