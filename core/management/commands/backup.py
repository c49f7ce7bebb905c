"""Writes the whole instance into one file, beside running servers, or looks whether such a file is in order."""

import contextlib
import os
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from core.backup import files, memory, restoring, writing
from core.backup.errors import BackupError, BadArchiveError
from core.backup.manifest import Manifest
from core.backup.reading import Archive

NICENESS = 10  # whoever types comes first
PIPE = "-"


class Command(BaseCommand):
    help = "Writes people, notebooks, notes and their history into one file. Safe beside running servers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--to",
            metavar="FILE",
            help="where it goes; - for standard output (default: a new file in DATA_DIR/backups)",
        )
        what.add_argument("--check", metavar="FILE", help="write nothing; look whether this backup is whole and sound")

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(NICENESS)
        try:
            self._check(Path(options["check"])) if options["check"] else self._write(options["to"])
        except BackupError as error:
            raise CommandError(str(error)) from error

    def _write(self, to: str | None) -> None:
        path = Path(to) if to else default_path()
        with files.standard_output() if to == PIPE else files.new_file(path) as file:
            outlet = writing.Outlet(file)
            manifest = writing.write(outlet)
        # Not to standard output, which may be the archive.
        self.stderr.style_func = None
        where = "Backup written" if to == PIPE else f"Backup written to {path}"
        self.stderr.write(f"{where}: {in_words(manifest)}; {outlet.size:,} bytes, SHA-256 {outlet.sha256}")

    def _check(self, path: Path) -> None:
        with opened(path) as archive:
            archive.check()
            report(self, restoring.notes_in(archive))
            self.stdout.write(f"{path} is whole, and every note in it can be read: {in_words(archive.manifest)}.")


def default_path() -> Path:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    folder: Path = settings.DATA_DIR / "backups"
    return folder / f"commonplace-{moment}.zip"


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Whatever is found wrong with the archive is said with its name. Raises BackupError."""
    try:
        with (
            memory.bounded(),
            path.open("rb") if str(path) != PIPE else _spooled() as file,
            Archive(file) as archive,
        ):
            yield archive
    except MemoryError as error:
        raise BackupError(f"{path} cannot be used: {memory.TOO_MUCH}.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from error
    except BadArchiveError as error:
        raise BackupError(f"{path} cannot be used: {error}.") from error


def _spooled() -> BinaryIO:
    """Standard input, on the disk: an archive is read in several places at once. It has no name there."""
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile(dir=settings.DATA_DIR))
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.seek(0)
        stack.pop_all()
    return file


def in_words(manifest: Manifest) -> str:
    """What is in it."""
    kinds = {"accounts.User": "people", "notes.Notebook": "notebooks", "notes.Note": "notes"}
    counts = ", ".join(f"{manifest.rows(table):,} {kind}" for table, kind in kinds.items())
    return f"{counts}, as of {manifest.made_at} ({manifest.database}, Commonplace {manifest.version})"


def report(command: BaseCommand, verdicts: Iterable[restoring.Verdict]) -> None:
    """Names each note that is not in order. Raises BackupError at the end when there was one."""
    wrong = [verdict for verdict in verdicts if verdict.trouble]
    for verdict in wrong:
        command.stderr.write(f"{verdict.name}: {verdict.trouble}")
    if wrong:
        raise BackupError(f"{len(wrong)} {'note is' if len(wrong) == 1 else 'notes are'} not in order (see above).")
