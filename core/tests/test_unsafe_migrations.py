"""A migration that would stop those who write is refused by `make lint`, and gives way where it runs."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest

from core.lib.env import BASE_DIR

MIGRATION = """
from core.lib.migrations import *
from django.db import migrations, models
from django.db.models.functions import Now, Random

class Migration(migrations.Migration):
    atomic = {atomic}
    unsafe_because = {because}
    dependencies = [{after}]
    operations = [{operation}]
"""
INDEX = "('book', models.Index(fields=['title'], name='{}'))"
BEGINNING = (
    "migrations.CreateModel('Book', [('id', models.BigAutoField(primary_key=True)), ('title', models.TextField())])"
)


class Shelf:
    """An app with migrations to be judged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []
        (folder / "shelf" / "migrations").mkdir(parents=True)
        for package in ("shelf", "shelf/migrations"):
            (folder / package / "__init__.py").touch()
        (folder / "shelf_settings.py").write_text(
            "from core.tests.settings import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'shelf']\n"
            "SILENCED_SYSTEM_CHECKS = ['dlm.E001']\n"
        )
        self.add("beginning", BEGINNING)

    def add(self, name: str, operation: str, *, atomic: bool = True, because: dict[str, str] | None = None) -> None:
        after = f"('shelf', '{self.names[-1]}')" if self.names else ""
        self.names.append(f"{len(self.names) + 1:04}_{name}")
        said = MIGRATION.format(atomic=atomic, because=because or {}, after=after, operation=operation)
        (self.folder / "shelf" / "migrations" / f"{self.names[-1]}.py").write_text(dedent(said))

    def run(self, postgres_url: str, *command: str) -> "subprocess.CompletedProcess[str]":
        path = os.pathsep.join([str(BASE_DIR), str(self.folder)])
        env = {"TEST_DATABASE_URL": postgres_url, "DJANGO_SETTINGS_MODULE": "shelf_settings", "PYTHONPATH": path}
        return subprocess.run(
            [sys.executable, *command],
            cwd=BASE_DIR,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def judged(self, postgres_url: str) -> dict[str, set[str]]:
        """The rules that `make lint` names, by migration."""
        done = self.run(postgres_url, "-m", "scripts.migrations")
        found: dict[str, set[str]] = {}
        for line in done.stdout.splitlines():
            if line.startswith("shelf."):
                name, rule = line.removeprefix("shelf.").split(": ", 1)
                found.setdefault(name, set()).add(rule.split(":")[0])
        assert done.returncode == bool(found), done.stdout + done.stderr
        return found


@pytest.mark.postgres
def test_what_stops_writers_is_refused_and_what_does_not_is_not(tmp_path: Path, postgres_url: str) -> None:
    shelf = Shelf(tmp_path)
    shelf.add("volatile", "migrations.AddField('book', 'rank', models.FloatField(db_default=Random()))")
    shelf.add("required", "migrations.AddField('book', 'pages', models.BigIntegerField(default=0))")
    shelf.add("index", f"migrations.AddIndex{INDEX.format('at_once')}")
    shelf.add("index_beside_writers", f"AddIndexConcurrently{INDEX.format('in_peace')}", atomic=False)
    shelf.add("renamed", "migrations.RenameField('book', 'title', 'name')")
    shelf.add("with_default", "migrations.AddField('book', 'copies', models.BigIntegerField(db_default=1))")
    shelf.add("nullable", "migrations.AddField('book', 'seen_at', models.DateTimeField(null=True))")
    gone = "migrations.RemoveField('book', 'pages')"
    shelf.add("removed", gone, because={"ban-drop-column": "Nobody has read it since 1.2."})
    shelf.add("without_a_reason", "migrations.RemoveField('book', 'copies')", because={"ban-drop-column": " "})
    shelf.add("needless", "migrations.AlterModelOptions('book', {})", because={"ban-drop-column": "To be sure."})
    assert shelf.judged(postgres_url) == {
        "0002_volatile": {"adding-field-with-default"},
        "0003_required": {"ban-drop-default"},
        "0004_index": {"require-concurrent-index-creation"},
        "0006_renamed": {"renaming-column"},
        "0010_without_a_reason": {"ban-drop-column"},
        "0011_needless": {"ban-drop-column is excused, and not broken."},
    }


CHECK = "models.CheckConstraint(condition=models.Q(rank__gte=0), name='ranked')"
ROUND_TRIP = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
for target in ("0007", "zero", "0007"):
    call_command("migrate", "shelf", target, verbosity=0)
with connection.cursor() as cursor:
    found = connection.introspection.get_constraints(cursor, "shelf_book")
print(sorted(name for name in found if name in ("in_peace", "ranked")))
print([kind["columns"] for kind in found.values() if kind["index"] and not kind["primary_key"]])
"""


def shelf_with_our_steps(folder: Path) -> Shelf:
    shelf = Shelf(folder)
    next_book = "models.ForeignKey('shelf.book', models.CASCADE, null=True{})"
    nothing_yet = dict.fromkeys(
        ("adding-foreign-key-constraint", "require-concurrent-index-creation"), "The table is new, too."
    )
    shelf.add("key", f"migrations.AddField('book', 'next', {next_book.format('')})", because=nothing_yet)
    shelf.add("rank", "migrations.AddField('book', 'rank', models.IntegerField(null=True))")
    shelf.add("index", f"AddIndexConcurrently{INDEX.format('in_peace')}", atomic=False)
    shelf.add("check", f"AddConstraintNotValid('book', {CHECK})")
    shelf.add("valid", "ValidateConstraint('book', name='ranked')")
    no_index = next_book.format(", db_index=False")
    shelf.add("no_index", f"DropIndexOfForeignKey('book', 'next', {no_index})", atomic=False)
    return shelf


def test_our_steps_go_forward_and_back_on_sqlite(tmp_path: Path) -> None:
    done = shelf_with_our_steps(tmp_path).run("", "-c", ROUND_TRIP)
    assert done.stdout.splitlines() == ["['in_peace', 'ranked']", "[['title']]"], done.stderr


@pytest.mark.postgres
def test_our_steps_go_forward_and_back_on_postgresql_and_stop_nobody(tmp_path: Path, postgres_url: str) -> None:
    shelf = shelf_with_our_steps(tmp_path)
    done = shelf.run(postgres_url, "-c", ROUND_TRIP)
    assert done.stdout.splitlines() == ["['in_peace', 'ranked']", "[['title']]"], done.stderr
    assert shelf.run(postgres_url, "manage.py", "migrate", "shelf", "zero").returncode == 0
    assert shelf.judged(postgres_url) == {}


@pytest.mark.postgres
def test_a_migration_gives_way_when_its_table_is_held(postgres_url: str) -> None:
    env = {**os.environ, "TEST_DATABASE_URL": postgres_url, "DJANGO_SETTINGS_MODULE": "core.tests.settings"}

    def manage(*command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *command], cwd=BASE_DIR, env=env, capture_output=True, text=True, check=False
        )

    assert manage("migrate", "notes", "0006").returncode == 0
    with psycopg.connect(postgres_url) as reader:
        reader.execute("SELECT count(*) FROM notes_notesnapshot")
        refused = manage("prepare")
        assert refused.returncode == 1
        assert refused.stderr.strip().splitlines()[-1].startswith("A migration waited 3 s for a table")
        # Nobody waits behind it any more.
        with psycopg.connect(postgres_url) as other:
            other.execute("SET lock_timeout = '1s'")
            other.execute("UPDATE notes_notesnapshot SET seq = seq")
