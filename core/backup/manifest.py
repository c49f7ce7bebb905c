"""The manifest of an archive: what is in it, how much, and the hash of each part."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from core.backup.errors import BadArchiveError

FORMAT = 1
NAME = "manifest.json"
MOST_BYTES = 1024 * 1024
MOST_TABLES = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """A table. `sha256` and `bytes` are of its lines, before they are compressed."""

    table: str
    rows: int
    bytes: int
    sha256: str

    @property
    def member(self) -> str:
        return f"tables/{self.table}.jsonl"


@dataclass(frozen=True, slots=True)
class Manifest:
    version: str  # of the application
    made_at: str  # ISO 8601
    database: str  # of what kind it came, for people
    migrations: dict[str, list[str]]  # by app: what had been applied
    parts: tuple[Part, ...]

    def to_json(self) -> bytes:
        told = {"application": "commonplace", "format": FORMAT, **asdict(self)}
        return json.dumps(told, indent=1).encode()

    def rows(self, table: str) -> int:
        return next((part.rows for part in self.parts if part.table == table), 0)


def read(data: bytes) -> Manifest:
    """Raises BadArchiveError."""
    try:
        told = json.loads(data)
        if told["application"] != "commonplace":
            raise BadArchiveError("this is no backup of Commonplace")
        if told["format"] != FORMAT:
            raise BadArchiveError(f"its format is number {told['format']}, and this version reads number {FORMAT}")
        manifest = Manifest(
            version=_is(str, told["version"]),
            made_at=_is(str, told["made_at"]),
            database=_is(str, told["database"]),
            migrations={_is(str, app): _names(names) for app, names in _is(dict, told["migrations"]).items()},
            parts=tuple(_part(part) for part in _is(list, told["parts"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadArchiveError("its manifest cannot be read") from error
    names = [part.table for part in manifest.parts]
    if len(names) > MOST_TABLES or len(names) != len(set(names)):
        raise BadArchiveError("its manifest names a table twice, or too many")
    return manifest


def _part(told: Any) -> Part:
    numbers = (_is(int, told["rows"]), _is(int, told["bytes"]))
    if min(numbers) < 0:
        raise ValueError("a count below nothing")
    return Part(_is(str, told["table"]), *numbers, _is(str, told["sha256"]))


def _names(told: Any) -> list[str]:
    return [_is(str, name) for name in _is(list, told)]


def _is[T](kind: type[T], value: Any) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"not {kind.__name__}")
    if isinstance(value, str):
        value.encode()  # half a character cannot be said to anybody: UnicodeEncodeError is a ValueError
    return value
