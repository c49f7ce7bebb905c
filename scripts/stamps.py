"""Remembers what has been done, so that nothing is done twice: a stamp holds the hash of what went in."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from scripts.trouble import ROOT, STAMPS

# What is installed for "dev" serves "run" too; so `make run` and `make test` do not undo each other's work.
LEVELS = ("run", "dev")


def digest(paths: Iterable[Path], *words: str) -> str:
    """A hash of the files' names and contents, and of `words`."""
    total = hashlib.sha256(" ".join(words).encode())
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def files(folder: Path, *patterns: str) -> list[Path]:
    return [path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()]


def read(name: str) -> tuple[str, str]:
    """Level and hash of the stamp; empty strings if there is none."""
    try:
        level, _, value = (STAMPS / name).read_text().partition(" ")
    except FileNotFoundError:
        return "", ""
    return level, value.strip()


def write(name: str, level: str, value: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(f"{level} {value}\n")


def at_least(level: str, name: str) -> str:
    """The level to install: what is asked for, but never less than what is there already."""
    there, _ = read(name)
    return there if there in LEVELS and LEVELS.index(there) > LEVELS.index(level) else level
