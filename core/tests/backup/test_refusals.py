"""What is not restored, and what is said then. Nothing is changed by it."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.tests.backup.instances import Instance
from core.tests.backup.test_damaged_archives import made_anew, rename, tell_manifest
from core.tests.servers import Serve
from core.tests.services import Postgres


def forged(archive: Path, table: str, change: Callable[[list[dict[str, Any]]], Any], to: Path) -> Path:
    """The archive with other rows, and a manifest to match: as somebody makes it who knows how."""
    member = f"tables/{table}.jsonl"

    def forge(members: dict[str, bytes]) -> None:
        rows = [json.loads(line) for line in members[member].splitlines()]
        change(rows)
        members[member] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        new = {"rows": len(rows), "bytes": len(members[member])}
        new["sha256"] = hashlib.sha256(members[member]).hexdigest()  # type: ignore[assignment]
        tell_manifest(members, lambda told: next(p for p in told["parts"] if p["table"] == table).update(new))

    to.write_bytes(made_anew(archive.read_bytes(), forge))
    return to


def remanifested(archive: Path, change: Callable[[dict[str, Any]], Any], to: Path) -> Path:
    to.write_bytes(made_anew(archive.read_bytes(), lambda members: tell_manifest(members, change)))
    return to


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """And it stays so, whatever is tried."""
    there = Instance(tmp_path_factory.mktemp("empty"))
    there.manage("prepare")
    before = there.tell()["rows"]
    yield there
    assert there.tell()["rows"] == before


def test_an_instance_that_is_not_empty_is_left_alone(archive: Path, furnished: Instance) -> None:
    before = furnished.tell()
    said = furnished.refuses("restore", str(archive))
    assert "This instance is not empty: auth.Group holds 1 row." in said
    assert furnished.tell() == before


@pytest.mark.postgres
def test_nor_is_one_on_postgresql(archive: Path, postgres: Postgres, tmp_path: Path) -> None:
    there = Instance(tmp_path, postgres.url_of(postgres.create()))
    there.manage("prepare", "--demo")
    assert "accounts.User holds 3 rows" in there.refuses("restore", str(archive))


def test_one_that_is_served_is_left_alone(archive: Path, serve: Serve) -> None:
    server = serve()
    there = Instance(server.data_dir)
    assert "already runs" in there.refuses("restore", str(archive))


@pytest.mark.postgres
def test_nor_is_one_on_postgresql_to_which_somebody_is_connected(
    archive: Path, postgres_url: str, tmp_path: Path
) -> None:
    there = Instance(tmp_path, postgres_url)
    with psycopg.connect(postgres_url):
        assert "Somebody else is connected to this database (1)" in there.refuses("restore", str(archive))


def test_a_newer_version_is_needed(archive: Path, empty: Instance, tmp_path: Path) -> None:
    path = remanifested(archive, lambda told: told["migrations"]["notes"].append("9999_later"), tmp_path / "newer.zip")
    assert "newer version of Commonplace: notes.9999_later is not known" in empty.refuses("restore", str(path))


def test_a_damaged_one_is_named(archive: Path, empty: Instance, tmp_path: Path) -> None:
    path = tmp_path / "half.zip"
    path.write_bytes(archive.read_bytes()[:-100])
    for command in (["restore", str(path)], ["backup", "--check", str(path)]):
        said = empty.refuses(*command)
        assert str(path) in said
        assert "it is no archive, or its end is missing" in said
    assert "cannot be read: No such file" in empty.refuses("restore", str(tmp_path / "nowhere.zip"))


def test_one_that_was_changed_is_refused_before_anything_is_written(
    archive: Path, empty: Instance, tmp_path: Path
) -> None:
    path = tmp_path / "changed.zip"
    path.write_bytes(made_anew(archive.read_bytes(), rename))
    said = empty.refuses("restore", str(path))
    assert "tables/notes.Notebook.jsonl is not as it was written. Nothing was changed." in said


def climb(told: dict[str, Any]) -> None:
    """Not a word in the manifest about rows, and a path in the name."""
    told["parts"][0]["table"] = "../../groups"


def test_a_path_in_place_of_a_table_leads_nowhere(archive: Path, empty: Instance, tmp_path: Path) -> None:
    def forge(members: dict[str, bytes]) -> None:
        members["tables/../../groups.jsonl"] = members.pop("tables/auth.Group.jsonl")
        tell_manifest(members, climb)

    path = tmp_path / "climbing.zip"
    path.write_bytes(made_anew(archive.read_bytes(), forge))
    assert "a table that is not kept in backups: ../../groups" in empty.refuses("restore", str(path))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["climbing.zip"]


ROWS: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "holds a value that its column cannot": lambda rows: rows[0].update(date_joined="yesterday"),
    "has other columns than the table": lambda rows: rows[0].update(is_king=True),
    "do not fit together": lambda rows: rows[0].update(id=999),
}


@pytest.mark.parametrize("said", ROWS)
def test_rows_that_make_no_sense_are_refused_together_with_all_others(
    archive: Path, empty: Instance, tmp_path: Path, said: str
) -> None:
    path = forged(archive, "accounts.User", ROWS[said], tmp_path / "forged.zip")
    assert said in empty.refuses("restore", str(path))


def test_a_history_that_cannot_be_read_is_named(furnished: Instance, archive: Path, tmp_path: Path) -> None:
    def poison(rows: list[dict[str, Any]]) -> None:
        rows[0]["data"] = base64.b64encode(b"\xff\xff").decode()

    path = forged(archive, "notes.NoteUpdate", poison, tmp_path / "poisoned.zip")
    said = furnished.refuses("backup", "--check", str(path))
    assert "it cannot be opened: an update cannot be applied" in said
    assert "1 note is not in order" in said


def test_a_history_with_a_gap_is_named(furnished: Instance, archive: Path, tmp_path: Path) -> None:
    path = forged(archive, "notes.NoteUpdate", lambda rows: rows.pop(), tmp_path / "gap.zip")
    assert "its history ends with number" in furnished.refuses("backup", "--check", str(path))
