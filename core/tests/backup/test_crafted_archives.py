"""Archives by Mallory, in order by every hash: a sentence says what is wrong, and nothing is changed."""

import hashlib
import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.backup import memory
from core.backup.reading import MOST_LINE_BYTES
from core.lib.env import BASE_DIR
from core.tests.backup.instances import Instance
from core.tests.backup.test_damaged_archives import made_anew, tell_manifest
from core.tests.backup.test_refusals import forged, remanifested

MEGABYTE = 2**20


def crafted(archive: Path, table: str, data: bytes, to: Path) -> Path:
    """Its rows are these bytes, whatever they are."""

    def craft(members: dict[str, bytes]) -> None:
        members[f"tables/{table}.jsonl"] = data
        new = {"rows": data.count(b"\n"), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        tell_manifest(members, lambda told: next(p for p in told["parts"] if p["table"] == table).update(new))

    to.write_bytes(made_anew(archive.read_bytes(), craft))
    return to


def has(name: str, value: Any) -> Callable[[list[dict[str, Any]]], Any]:
    return lambda rows: rows[0].update({name: value})


def lacks(name: str) -> Callable[[list[dict[str, Any]]], Any]:
    return lambda rows: rows[0].pop(name)


ROWS: dict[str, tuple[str, Callable[[list[dict[str, Any]]], Any], str]] = {
    "a list for a key": ("notes.Note", has("id", [1]), "has no id"),
    "a text for an epoch": ("notes.Note", has("epoch", "1"), "has no epoch"),
    "no title": ("notes.Note", lacks("title"), "has no title"),
    "no head": ("notes.Note", lacks("seq"), "has no seq"),
    "no number": ("notes.NoteUpdate", lacks("seq"), "has no seq"),
    "a list for a note": ("notes.NoteUpdate", has("note_id", []), "has no note_id"),
    "no snapshot": ("notes.NoteSnapshot", has("state", None), "has no state"),
    "no number of a snapshot": ("notes.NoteSnapshot", lacks("seq"), "has no seq"),
    "a number that is too large": ("notes.NoteUpdate", has("seq", 2**63), "has no seq"),
    "half a character": ("notes.Note", has("title", "\ud800"), "characters that are none"),
}


@pytest.mark.parametrize(("table", "change", "said"), ROWS.values(), ids=ROWS)
def test_a_row_of_a_history_that_makes_no_sense_is_named(
    archive: Path,
    sqlite: Callable[[str], Instance],
    tmp_path: Path,
    table: str,
    change: Callable[[list[dict[str, Any]]], Any],
    said: str,
) -> None:
    path, there = forged(archive, table, change, tmp_path / "crafted.zip"), sqlite("there")
    assert said in there.refuses("backup", "--check", str(path))
    assert said in there.refuses("restore", str(path))


OTHERS = {
    "a list for a counter": ("notes.ActivityCounter", has("value", [])),
    "a key that is too large": ("accounts.User", has("id", 2**70)),
    "half a character in a name": ("accounts.User", has("display_name", "\udfff")),
}


@pytest.mark.parametrize(("table", "change"), OTHERS.values(), ids=OTHERS)
def test_nor_is_any_other_row_restored(
    archive: Path,
    sqlite: Callable[[str], Instance],
    tmp_path: Path,
    table: str,
    change: Callable[[list[dict[str, Any]]], Any],
) -> None:
    path = forged(archive, table, change, tmp_path / "crafted.zip")
    assert "Nothing was changed." in sqlite("there").refuses("restore", str(path))


def test_a_version_that_nobody_can_print_is_no_version(
    archive: Path, sqlite: Callable[[str], Instance], tmp_path: Path
) -> None:
    path = remanifested(archive, lambda told: told.update(version="\ud800"), tmp_path / "crafted.zip")
    assert "its manifest cannot be read" in sqlite("there").refuses("backup", "--check", str(path))


# --- What is refused before the database goes back to the archive's time ------------------------------------------


def of_long_ago(told: dict[str, Any]) -> None:
    told["migrations"]["notes"] = told["migrations"]["notes"][:1]


def with_a_strange_table(told: dict[str, Any]) -> None:
    of_long_ago(told)
    told["parts"][0]["table"] = "auth.Strange"


def state_of(instance: Instance) -> str:
    return instance.manage("showmigrations", "--list")


@pytest.mark.parametrize("change", [of_long_ago, with_a_strange_table])
def test_an_old_archive_is_looked_through_before_the_database_goes_back(
    archive: Path, sqlite: Callable[[str], Instance], tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    """Its columns are those of today: they do not fit the tables of that time."""

    def craft(members: dict[str, bytes]) -> None:
        tell_manifest(members, change)
        if change is with_a_strange_table:
            members["tables/auth.Strange.jsonl"] = members.pop("tables/auth.Group.jsonl")

    path, there = tmp_path / "crafted.zip", sqlite("there")
    path.write_bytes(made_anew(archive.read_bytes(), craft))
    there.manage("prepare")
    before = state_of(there)
    assert "Nothing was changed." in there.refuses("restore", str(path))
    assert state_of(there) == before


def test_an_old_archive_whose_rows_do_not_fit_leaves_the_database_up_to_date(
    older_than_today: Path, sqlite: Callable[[str], Instance], tmp_path: Path
) -> None:
    path = forged(older_than_today, "accounts.User", has("id", 999), tmp_path / "crafted.zip")
    there = sqlite("there")
    there.manage("prepare")
    before = state_of(there)
    assert "rows do not fit together" in there.refuses("restore", str(path))
    assert state_of(there) == before


@pytest.fixture
def older_than_today() -> Path:
    return Path(__file__).parent / "archives" / "format-1.zip"


# --- Memory -------------------------------------------------------------------------------------------------------


def test_a_small_file_that_would_be_much_in_memory_is_refused_before(
    archive: Path, sqlite: Callable[[str], Instance], tmp_path: Path
) -> None:
    data = b'{"x":[' + b"{}," * (8 * MEGABYTE) + b"{}]}\n"
    path = crafted(archive, "notes.Note", data, tmp_path / "crafted.zip")
    said = refused_with(400 * MEGABYTE, sqlite("there"), "backup", "--check", str(path))
    assert "line 1 of tables/notes.Note.jsonl holds more than a row can" in said


def test_when_memory_ends_a_sentence_says_so(archive: Path, sqlite: Callable[[str], Instance], tmp_path: Path) -> None:
    data = b'{"x":"' + b"x" * (MOST_LINE_BYTES - MEGABYTE) + b'"}\n'
    path = crafted(archive, "notes.Note", data, tmp_path / "crafted.zip")
    for command in (["backup", "--check"], ["restore"]):
        said = refused_with(220 * MEGABYTE, sqlite(command[0]), *command, str(path))
        assert "it takes more memory than a backup ever should" in said


def refused_with(most_bytes: int, instance: Instance, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=instance.environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_AS, (most_bytes, most_bytes)),
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr


LOOK = """
import resource, sys
from pathlib import Path
import django
django.setup()
from core.management.commands.backup import opened
limit = lambda: resource.getrlimit(resource.RLIMIT_AS)[0]
before = limit()
with opened(Path(sys.argv[1])):
    print(limit())
print(limit() == before)
"""


def test_whoever_reads_an_archive_has_a_limit_until_it_is_closed(
    archive: Path, sqlite: Callable[[str], Instance]
) -> None:
    environment = {**sqlite("there").environment, "DJANGO_SETTINGS_MODULE": "core.settings"}
    command = [sys.executable, "-c", LOOK, str(archive)]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(memory.MOST_BYTES), "True"]
