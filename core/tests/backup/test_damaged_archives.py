"""An archive that is not as it was written is refused, whatever became of it."""

import hashlib
import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.backup import manifest as manifests
from core.backup.errors import BadArchiveError
from core.backup.reading import Archive

GIGABYTE = 2**30
TITLES = "tables/notes.Notebook.jsonl"


@pytest.fixture
def whole(archive: Path) -> bytes:
    return archive.read_bytes()


def look_at(data: bytes) -> list[Any]:
    """All that a restore would read. Raises BadArchiveError."""
    with Archive(io.BytesIO(data)) as opened:
        opened.check()
        return [(part, list(opened.rows(part.table))) for part in opened.manifest.parts]


def made_anew(whole: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The archive with other members, itself in order."""
    with zipfile.ZipFile(io.BytesIO(whole)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)
    return made.getvalue()


def tell_manifest(members: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> None:
    told = json.loads(members[manifests.NAME])
    change(told)
    members[manifests.NAME] = json.dumps(told).encode()


def test_one_that_is_as_it_was_is_not(whole: bytes) -> None:
    assert look_at(made_anew(whole, lambda members: None)) == look_at(whole)


def test_a_part_of_one(whole: bytes) -> None:
    for length in (0, 1, 21, 22, 1000, len(whole) // 2, len(whole) - 22, len(whole) - 1):
        with pytest.raises(BadArchiveError):
            look_at(whole[:length])


def test_any_bit_that_turned_over(whole: bytes) -> None:
    """Some bits say nothing that anybody asks for, as the time of a member; then everything is read as it was."""
    dice, truth, refused = random.Random(7), look_at(whole), 0
    for _ in range(400):
        at = dice.randrange(len(whole))
        damaged = whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1 :]
        try:
            assert look_at(damaged) == truth, f"byte {at}"
        except BadArchiveError:
            refused += 1
    assert refused > 300


def test_something_else(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as other:
        other.writestr("notes.md", "# Notes")
    for data in (b"", b"SQLite format 3\x00", b"PK\x05\x06" + bytes(18), made.getvalue()):
        with pytest.raises(BadArchiveError):
            look_at(data)


def rename(members: dict[str, bytes]) -> None:
    members[TITLES] = members[TITLES].replace(b"Algorithms", b"Sabotage!!")


def take_a_row(members: dict[str, bytes]) -> None:
    members[TITLES] = b"".join(members[TITLES].splitlines(keepends=True)[1:])


def take_a_table(members: dict[str, bytes]) -> None:
    del members[TITLES]


def climb(members: dict[str, bytes]) -> None:
    members["../../etc/cron.d/evil"] = b"* * * * * root evil\n"


def climb_by_the_manifest(members: dict[str, bytes]) -> None:
    data = b"{}\n"
    members["tables/../../evil.jsonl"] = data
    part = {"table": "../../evil", "rows": 1, "bytes": 3, "sha256": hashlib.sha256(data).hexdigest()}
    tell_manifest(members, lambda told: told["parts"].append(part))


def swell(members: dict[str, bytes]) -> None:
    members[TITLES] = bytes(100_000_000)


def swell_the_manifest(members: dict[str, bytes]) -> None:
    members[manifests.NAME] += b" " * 2**21


CHANGES = [rename, take_a_row, take_a_table, climb, swell, swell_the_manifest]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change.__name__))
def test_one_that_was_changed(whole: bytes, change: Callable[[dict[str, bytes]], None]) -> None:
    with pytest.raises(BadArchiveError):
        look_at(made_anew(whole, change))


MANIFESTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "of another application": lambda told: told.update(application="other"),
    "of a later format": lambda told: told.update(format=2),
    "without a format": lambda told: told.pop("format"),
    "without parts": lambda told: told.pop("parts"),
    "with a table twice": lambda told: told["parts"].append(told["parts"][0]),
    "with another hash": lambda told: told["parts"][2].update(sha256="0" * 64),
    "with another count": lambda told: told["parts"][2].update(rows=1),
    "with another size": lambda told: told["parts"][2].update(bytes=GIGABYTE),
    "with a size below nothing": lambda told: told["parts"][2].update(bytes=-1),
    "with a number for a name": lambda told: told["parts"][2].update(table=7),
    "with parts that are none": lambda told: told.update(parts=["notes.Note"]),
    "with migrations that are none": lambda told: told.update(migrations=["notes"]),
}


@pytest.mark.parametrize("change", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest(whole: bytes, change: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(BadArchiveError):
        look_at(made_anew(whole, lambda members: tell_manifest(members, change)))


@pytest.mark.parametrize("manifest", [b"", b"null", b"[]", b"\xff", b"[" * 100_000, b'{"application":"commonplace"}'])
def test_a_manifest_that_is_none(whole: bytes, manifest: bytes) -> None:
    with pytest.raises(BadArchiveError):
        look_at(made_anew(whole, lambda members: members.update({manifests.NAME: manifest})))


def test_a_list_of_members_without_end_is_not_read(whole: bytes) -> None:
    """A hundred thousand names take megabytes; the memory they would cost is never asked for."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as many:
        for number in range(20_000):
            many.writestr(f"{number:050d}", b"")
    with pytest.raises(BadArchiveError, match="list of members"):
        look_at(made.getvalue())


def test_a_member_in_another_compression_is_not_tried(whole: bytes) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with pytest.raises(BadArchiveError):
        look_at(made.getvalue())


def test_one_under_a_password(whole: bytes) -> None:
    """The bit that says so is set for every member."""
    damaged = bytearray(whole)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := whole.find(signature, at + 1)) >= 0:
            (flags,) = struct.unpack_from("<H", damaged, at + offset)
            struct.pack_into("<H", damaged, at + offset, flags | 1)
    with pytest.raises(BadArchiveError):
        look_at(bytes(damaged))


def test_a_row_without_end_is_given_up(whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.backup.reading.MOST_LINE_BYTES", 2**20)
    data = b'{"id":"' + b"x" * 2**22

    def change(members: dict[str, bytes]) -> None:
        members[TITLES] = data
        part = {"rows": 0, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        tell_manifest(members, lambda told: next(p for p in told["parts"] if "Notebook" in p["table"]).update(part))

    with Archive(io.BytesIO(made_anew(whole, change))) as opened, pytest.raises(BadArchiveError, match="too long"):
        list(opened.rows("notes.Notebook"))
