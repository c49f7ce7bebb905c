"""Reads an archive, of which nothing is believed that was not looked at. Nothing is ever unpacked onto a disk.

What is in memory at a time is bounded whatever the file says: a line at most, and the list of its members. Its members
are known by their names, which are those of our tables; there is no path in them that could lead anywhere.
"""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import Any, BinaryIO, Self

from core.backup import manifest as manifests
from core.backup import shapes
from core.backup.errors import BadArchiveError
from core.backup.manifest import Manifest, Part
from core.backup.tables import Row

# The largest row is a snapshot. A million characters (NOTE_UNITS), each typed by itself at another place, are a state
# of 24 MB, 32 in base64, and 6 MB of text at the most. The rest is for what was deleted.
MOST_LINE_BYTES = 64 * 1024 * 1024
MOST_AT_ONCE = 1024 * 1024  # bytes of the file that may be asked for: the list of members is no longer
CHUNK = 256 * 1024
# What zipfile says of bytes that are no archive. OSError: it looks for things before the beginning of the file.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, OverflowError, ValueError)
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """An archive whose manifest is in order. `check` tells of the rest."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises BadArchiveError."""
        try:
            self._zip = zipfile.ZipFile(_Sips(file))
        except DAMAGED as error:
            raise BadArchiveError("it is no archive, or its end is missing") from error
        self.manifest = self._read_manifest()
        self._check_members()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def check(self) -> None:
        """Compares each part with its hash, its size and its number of rows. Raises BadArchiveError."""
        for part in self.manifest.parts:
            digest, size, lines, last = hashlib.sha256(), 0, 0, b"\n"
            for piece in self._pieces(part):
                digest.update(piece)
                size += len(piece)
                lines += piece.count(b"\n")
                last = piece[-1:]
                if size > part.bytes:
                    raise BadArchiveError(f"{part.member} is longer than the manifest says")
            if (size, lines, last, digest.hexdigest()) != (part.bytes, part.rows, b"\n", part.sha256):
                raise BadArchiveError(f"{part.member} is not as it was written")

    def rows(self, table: str) -> Iterator[Row]:
        """Raises BadArchiveError."""
        for part in self.manifest.parts:
            if part.table == table:
                for number, line in enumerate(self._lines(part), start=1):
                    yield _row(line, table, f"line {number} of {part.member}")

    def _lines(self, part: Part) -> Iterator[bytes]:
        rest: list[bytes] = []  # of a line that has not ended yet
        waiting = 0
        for piece in self._pieces(part):
            *lines, tail = piece.split(b"\n")
            if lines:
                yield b"".join((*rest, lines[0]))
                yield from lines[1:]
                rest, waiting = [], 0
            rest.append(tail)
            waiting += len(tail)
            if waiting > MOST_LINE_BYTES:
                raise BadArchiveError(f"{part.member} has a line that is too long")
        if waiting:
            raise BadArchiveError(f"{part.member} ends inside a line")

    def _pieces(self, part: Part) -> Iterator[bytes]:
        try:
            with self._zip.open(part.member) as member:
                while piece := member.read(CHUNK):
                    yield piece
        except DAMAGED as error:
            raise BadArchiveError(f"{part.member} is damaged") from error

    def _read_manifest(self) -> Manifest:
        try:
            with self._zip.open(manifests.NAME) as member:
                data = member.read(manifests.MOST_BYTES + 1)
        except KeyError:
            raise BadArchiveError("it has no manifest: this is no backup of Commonplace") from None
        except DAMAGED as error:
            raise BadArchiveError("its manifest is damaged") from error
        if len(data) > manifests.MOST_BYTES:
            raise BadArchiveError("its manifest is too long")
        return manifests.read(data)

    def _check_members(self) -> None:
        """There is in it what the manifest says, once each, and nothing else."""
        found = sorted(self._zip.namelist())
        plain = all(info.compress_type in PLAIN for info in self._zip.infolist())
        if not plain or found != sorted([manifests.NAME, *(part.member for part in self.manifest.parts)]):
            raise BadArchiveError("it does not hold what its manifest says")


class _Sips(io.RawIOBase):
    """A file of which nobody gets much at once: the list of members is read in one piece, as long as the file says."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(min(size, MOST_AT_ONCE) if size >= 0 else MOST_AT_ONCE)
        if len(data) == MOST_AT_ONCE and size != MOST_AT_ONCE:
            raise BadArchiveError("its list of members is too long")
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def _row(line: bytes, table: str, where: str) -> Row:
    shapes.check_line(line, where)
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadArchiveError(f"{where} is no row") from error
    if not isinstance(row, dict):
        raise BadArchiveError(f"{where} is no row")
    shapes.check_row(row, line, table, where)
    return row
