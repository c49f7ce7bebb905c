"""What whoever reads an archive asks of a row, before any column does: numbers, text, and not too much of it."""

import re
from collections.abc import Mapping
from typing import Any

from core.backup.errors import BadArchiveError

# Larger numbers fit into no column, and end SQLite's driver.
LARGEST = 2**63 - 1
# Of a row besides its text. A list of empty lists takes twenty times its bytes in memory; text takes its own.
MOST_STRUCTURE_BYTES = 256 * 1024
TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
# The one way to write half a character that UTF-8 has none for.
HALVES = re.compile(rb"\\u[dD][89a-fA-F]")

# By table: the columns by which histories are put together and told.
ASKED_FOR: Mapping[str, Mapping[str, type]] = {
    "notes.Note": {"id": int, "seq": int, "epoch": int, "title": str, "public_id": str},
    "notes.NoteSegment": {"note_id": int, "epoch": int, "last_seq": int, "data": str},
    "notes.NoteUpdate": {"note_id": int, "epoch": int, "seq": int, "quarantined": bool, "data": str},
    "notes.NoteSnapshot": {"note_id": int, "epoch": int, "seq": int, "state": str},
    "notes.ActivityCounter": {"value": int},
}


def check_line(line: bytes, where: str) -> None:
    """Before it is read, so that reading it takes a few times its length at most. Raises BadArchiveError."""
    if len(line) > MOST_STRUCTURE_BYTES and len(TEXT.sub(b"", line)) > MOST_STRUCTURE_BYTES:
        raise BadArchiveError(f"{where} holds more than a row can")


def check_row(row: dict[str, Any], line: bytes, table: str, where: str) -> None:
    """Raises BadArchiveError."""
    for name, kind in ASKED_FOR.get(table, {}).items():
        value = row.get(name)
        # True is a number to Python.
        if type(value) is not kind or (type(value) is int and abs(value) > LARGEST):
            raise BadArchiveError(f"{where} has no {name}, or one that makes no sense")
    if HALVES.search(line) and not _is_text(row):
        raise BadArchiveError(f"{where} holds characters that are none")


def _is_text(value: Any) -> bool:
    match value:
        case str():
            return not any("\ud800" <= character <= "\udfff" for character in value)
        case dict():
            return all(map(_is_text, (*value, *value.values())))
        case list():
            return all(map(_is_text, value))
    return True
