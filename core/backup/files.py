"""Puts a file where it belongs, whole or not at all, for nobody's eyes but its owner's."""

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core.backup.errors import BackupError

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when the block has ended well, and is on the disk then. Raises BackupError."""
    if path.exists():
        raise BackupError(f"There is a file {path} already. Nothing was written.")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with _tidy_end(), _made(partial) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # A link is refused where a file has appeared meanwhile; a rename would replace it.
        os.link(partial, path)
        _sync_folder(path.parent)
    except FileExistsError:
        raise BackupError(f"There is a file {path} already. Nothing was written.") from None
    except OSError as error:
        raise BackupError(_in_words(error, path)) from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """For a pipe. Raises BackupError."""
    if sys.stdout.isatty():
        raise BackupError("A backup is nothing for a terminal: send it into a file or a pipe.")
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except OSError as error:
        raise BackupError(f"Whoever was to take the backup did not: {error.strerror}.") from error


@contextmanager
def _tidy_end() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does, so that nothing half is left."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _made(partial: Path) -> BinaryIO:
    """It holds addresses and the hashes of passwords: 600, from its first moment."""
    partial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync_folder(folder: Path) -> None:
    """So that the name is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _in_words(error: OSError, path: Path) -> str:
    if error.errno in FULL:
        return f"The disk of {path.parent} is full. Nothing was kept of this backup."
    return f"The backup {path} cannot be written: {error.strerror}."
