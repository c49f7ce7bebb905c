"""Writes an archive, from beginning to end: nothing that was written is touched again, so it may go down a pipe."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO

from core.backup import frozen, state
from core.backup import manifest as manifests
from core.backup.errors import BackupError
from core.backup.manifest import Manifest, Part
from core.backup.reading import MOST_LINE_BYTES
from core.backup.tables import Row, tables
from core.lib.version import VERSION

COMPRESSION = 1  # most of it is packed already: 6 takes half as long again, for a twentieth less
MOST_WAITING = 256 * 1024  # bytes of lines that are handed on together


class Outlet:
    """Where the archive goes; counts and hashes it. It cannot be wound back, so zipfile does not try to."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def write(outlet: Outlet) -> Manifest:
    """The database of now. Raises BackupError, and OSError when the place does not take it."""
    applied = state.of_database()
    # zipfile needs no more than an outlet has; its stubs ask for more.
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:  # type: ignore[call-overload]
        with frozen.frozen():
            made_at, kind = datetime.now(UTC), frozen.kind()
            parts = [_write_part(archive, name, table.read()) for name, table in tables().items()]
        manifest = Manifest(VERSION, made_at.isoformat(timespec="seconds"), kind, applied, tuple(parts))
        archive.writestr(manifests.NAME, manifest.to_json())
    return manifest


def _write_part(archive: zipfile.ZipFile, table: str, rows: Iterable[Row]) -> Part:
    digest, count, size = hashlib.sha256(), 0, 0
    with archive.open(Part(table, 0, 0, "").member, "w", force_zip64=True) as member:
        waiting = bytearray()
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            if len(line) > MOST_LINE_BYTES:
                raise BackupError(f"A row of {table} is larger than a backup can hold ({len(line)} bytes).")
            waiting += line
            count += 1
            if len(waiting) > MOST_WAITING:
                size += len(waiting)
                digest.update(waiting)
                member.write(waiting)
                waiting = bytearray()
        size += len(waiting)
        digest.update(waiting)
        member.write(waiting)
    return Part(table, count, size, digest.hexdigest())
