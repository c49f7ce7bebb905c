"""One process per data folder: a second embedded process would not see the edits of the first one's rooms."""

import fcntl
import os
from io import TextIOWrapper
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process holds the lock; says which."""


def take(path: Path) -> TextIOWrapper:
    """Takes the lock at `path` for as long as the returned file stays open; raises AlreadyRunning.

    The kernel gives the lock back when the process ends, however it ends: a stale file locks nobody out.
    """
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise AlreadyRunning(holder) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
