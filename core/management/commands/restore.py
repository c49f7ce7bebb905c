"""Brings a backup into a new, empty instance."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from core.accounts import secondfactor
from core.backup import memory, restoring
from core.backup.errors import BackupError, BadArchiveError
from core.backup.reading import Archive
from core.management.commands.backup import in_words, opened, report
from core.management.commands.prepare import alone
from core.management.commands.serve import check_folder, take_lock

SEALED = (
    "Second factors that were set up under another SECRET_KEY: {count}. Put that key into SECRET_KEY_FALLBACKS, or "
    "take each away with `manage.py remove_second_factor ADDRESS`."
)


class Command(BaseCommand):
    help = "Brings a backup into a new, empty instance on SQLite or PostgreSQL. Stop its servers first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the backup; - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            with _no_server(), opened(path) as archive:
                _restore(path, archive)
                self.stdout.write(f"Restored {in_words(archive.manifest)}.")
                self.stdout.write("Comparing every note with its history ...")
                report(self, restoring.restored(archive))
                if count := secondfactor.unreadable():
                    self.stdout.write(SEALED.format(count=count))
                self.stdout.write("Every note is what its history says. Everybody signs in anew.")
        except BackupError as error:
            raise CommandError(str(error)) from error


def _restore(path: Path, archive: Archive) -> None:
    try:
        restoring.restore(archive)
    except BadArchiveError as error:
        raise BackupError(f"{path} cannot be restored: {error}. Nothing was changed.") from error
    except MemoryError as error:
        raise BackupError(f"{path} cannot be restored: {memory.TOO_MUCH}. Nothing was kept.") from error


@contextmanager
def _no_server() -> Iterator[None]:
    """Nobody else works on this instance, as far as that can be known. Raises BackupError and SystemExit."""
    check_folder(settings.DATA_DIR)
    if settings.EMBEDDED:
        with take_lock(settings.DATA_DIR):
            yield
        return
    restoring.check_alone()
    with alone():
        yield
