"""Brings the database up to date, and makes the demo when asked. Safe to run from several processes at once."""

import io
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import LockNotAvailable

LOCK = 0x636F6D6D6F6E  # "common": the advisory lock that migrations of this database hold
# For a table that somebody reads or writes. Meanwhile all others wait behind the migration.
LOCK_TIMEOUT_SECONDS = 3
LOCKED = (
    f"A migration waited {LOCK_TIMEOUT_SECONDS} s for a table that somebody else held, and gave way. What it "
    "had begun is undone, unless it works in steps (atomic = False): then steps before stay, and an index may be left "
    "that is not valid. Try it again; if it fails again, look in pg_stat_activity for who holds the table."
)


class Command(BaseCommand):
    help = "Waits for the database, applies migrations that are missing, and with --demo makes the demo once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="make the demo accounts if nobody has an account yet")
        parser.add_argument(
            "--wait", type=float, default=0, metavar="SECONDS", help="how long to wait for the database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._wait_for_database(options["wait"])
        with alone():
            self._migrate()
            if options["demo"] and not get_user_model().objects.exists():
                # `serve` prints the demo accounts itself, each time it starts.
                call_command("seed_demo", stdout=self.stdout if options["verbosity"] else io.StringIO())

    def _wait_for_database(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                connection.ensure_connection()
            except OperationalError as error:
                if time.monotonic() > deadline:
                    raise SystemExit(f"The database does not answer: {str(error).strip().splitlines()[0]}") from error
                time.sleep(0.5)
            else:
                return

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"Preparing the database ({len(plan)} migrations) ...")
            try:
                call_command("migrate", interactive=False, verbosity=0)
            except OperationalError as error:
                if isinstance(error.__cause__, LockNotAvailable):
                    raise SystemExit(LOCKED) from error
                raise


@contextmanager
def alone() -> Iterator[None]:
    """One process migrates at a time; the others wait and find nothing left to do."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
