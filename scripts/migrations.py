"""`make lint`: no migration that is newer than the baseline stops those who write.

Squawk reads the SQL for PostgreSQL. Only a database that stands where the migration begins can tell that: Django looks
up in it what its constraints are called. So a throw-away one is led from migration to migration.

A migration that may break a rule says why, by the name of the rule, and is refused if it need not:

    class Migration(migrations.Migration):
        unsafe_because = {"ban-drop-column": "No release since 1.4 has read it."}
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django_linear_migrations.apps import first_party_app_configs

from core.tests.services import Missing, Postgres
from scripts.packages import VENV
from scripts.trouble import ROOT

# What was there when this began. Whoever installs a release begins with all of these, on empty tables.
BASELINE = {
    "accounts": "0001_initial",
    "background": "0001_waiting_mail_and_failed_tasks",
    "notes": "0008_exports",
}


def wrong() -> list[str]:
    """In sentences. The database of the settings is empty before, and up to date afterwards."""
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    plan = [migration for migration, _ in MigrationExecutor(connection).migration_plan(leaves)]
    found: list[str] = []
    begin = 0
    for place, migration in enumerate(plan):
        if _is_newer(migration):
            _apply(plan[begin:place])
            found += _judged(migration)
            begin = place
    _apply(plan[begin:])
    return found


def _is_newer(migration: Migration) -> bool:
    """Their names begin with their numbers: they are linear."""
    ours = {config.label for config in first_party_app_configs()}
    return migration.app_label in ours and migration.name > BASELINE.get(migration.app_label, "")


def _apply(plan: Sequence[Migration]) -> None:
    targets = [(migration.app_label, migration.name) for migration in plan]
    MigrationExecutor(connection).migrate(targets, plan=[(migration, False) for migration in plan])


def _judged(migration: Migration) -> Iterator[str]:
    excused: dict[str, str] = getattr(migration, "unsafe_because", {})
    broken = set()
    for rule, message in _squawk(_sql_of(migration)):
        broken.add(rule)
        if not excused.get(rule, "").strip():
            yield f"{migration}: {rule}: {message}"
    for rule in sorted(excused.keys() - broken):
        yield f"{migration}: {rule} is excused, and not broken."


def _sql_of(migration: Migration) -> str:
    sql = io.StringIO()
    call_command("sqlmigrate", migration.app_label, migration.name, stdout=sql, no_color=True, skip_checks=True)
    return sql.getvalue()


def _squawk(sql: str) -> list[tuple[str, str]]:
    """The rules that are broken, each with what is to be said of it."""
    command = [str(VENV / "bin" / "squawk"), "--reporter", "json", "--stdin-filepath", "migration.sql"]
    done = subprocess.run(command, cwd=ROOT, input=sql, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise SystemExit(f"squawk failed:\n{done.stdout}{done.stderr}") from None
    lines = sql.splitlines()
    return [(one["rule_name"], f"{one['message']} {one['help'] or ''}\n    {lines[one['line']]}") for one in found]


def main() -> int:
    if os.environ.get("TEST_DATABASE_URL"):
        return _report()
    try:
        service = Postgres()
    except Missing as missing:
        print(f"Left out: {missing}.")
        return int(os.environ.get("REQUIRE_SERVICES") == "1")
    with service as postgres:
        os.environ["TEST_DATABASE_URL"] = postgres.url_of(postgres.create())
        return _report()


def _report() -> int:
    django.setup()
    found = wrong()
    connection.close()
    print("\n".join(found) or "No migration stops those who write.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
