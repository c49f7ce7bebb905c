"""Archives of earlier versions are restored by this one, and brought up to date.

`archives/` holds one of each format, and beside it what is in it. Never make one anew: a version that is gone made it.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.tests.backup.instances import Instance
from core.tests.backup.test_damaged_archives import made_anew, tell_manifest
from core.tests.backup.test_refusals import forged

ARCHIVES = sorted((Path(__file__).parent / "archives").glob("*.zip"))


@pytest.mark.parametrize("path", ARCHIVES, ids=lambda path: path.stem)
def test_an_archive_of_long_ago_is_restored(path: Path, sqlite: Callable[[str], Instance]) -> None:
    there = sqlite("there")
    there.manage("backup", "--check", str(path))
    there.manage("restore", str(path))
    assert gist(there) == json.loads(path.with_suffix(".json").read_text())


def gist(instance: Instance) -> dict[str, Any]:
    """What must be so in every version, whatever its tables look like."""
    told = instance.tell()
    titles = {row["public_id"]: row["title"] for row in told["rows"]["notes.Note"]}
    return {
        "people": sorted(row["email"] for row in told["rows"]["accounts.User"]),
        "texts": {titles[note]: text for note, text in sorted(told["texts"].items())},
        "updates": {titles[note]: len(history) for note, history in sorted(told["history"].items())},
        "memberships": len(told["rows"]["notes.Membership"]),
        "lines": len(told["rows"]["notes.Activity"]),
    }


@pytest.fixture
def older(archive: Path, tmp_path: Path) -> Path:
    """As the version before snapshots had outlines, and before it was written down why something is in quarantine."""

    def without_outlines(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            del row["outline"]

    def without_quarantine(members: dict[str, bytes]) -> None:
        del members["tables/notes.Quarantine.jsonl"]
        tell_manifest(members, before)

    path = forged(archive, "notes.NoteSnapshot", without_outlines, tmp_path / "older.zip")
    path.write_bytes(made_anew(path.read_bytes(), without_quarantine))
    return path


def before(told: dict[str, Any]) -> None:
    there = told["migrations"]["notes"]
    told["migrations"]["notes"] = [name for name in there if name < "0007_snapshot_outlines"]
    told["parts"] = [part for part in told["parts"] if part["table"] != "notes.Quarantine"]


def as_it_was_then(told: dict[str, Any]) -> dict[str, Any]:
    for row in told["rows"]["notes.NoteSnapshot"]:
        row["outline"] = ""
    told["rows"]["notes.Quarantine"] = []
    return told


def test_an_older_state_is_brought_up_to_date(
    furnished: Instance, older: Path, sqlite: Callable[[str], Instance]
) -> None:
    there = sqlite("without tables")
    there.manage("restore", str(older))
    assert there.tell() == as_it_was_then(furnished.tell())


@pytest.mark.postgres
def test_an_instance_that_is_up_to_date_goes_back_for_it_and_on_again(
    furnished: Instance, older: Path, postgres_url: str, tmp_path: Path
) -> None:
    there = Instance(tmp_path, postgres_url)
    there.manage("prepare")
    there.manage("restore", str(older))
    assert there.tell() == as_it_was_then(furnished.tell())
