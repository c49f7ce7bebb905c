"""Set-up does nothing twice, and says in one sentence why it cannot go on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.lib.env import BASE_DIR
from scripts import stamps, trouble


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (stamps, trouble):
        monkeypatch.setattr(module, "STAMPS", tmp_path)
        monkeypatch.setattr(module, "ROOT", tmp_path)


def fail_with(text: str) -> str:
    """What the person reads when a program prints `text` and fails."""
    with pytest.raises(trouble.Trouble) as caught:
        trouble.run([sys.executable, "-c", f"print({text!r}); exit(1)"], doing="Installing", registry="npm's registry")
    return str(caught.value)


def test_a_changed_file_changes_the_digest(tmp_path: Path) -> None:
    source = tmp_path / "source.css"
    source.write_text("one")
    before = stamps.digest([source])
    assert stamps.digest([source]) == before
    source.write_text("two")
    assert stamps.digest([source]) != before


def test_a_moved_file_changes_the_digest(tmp_path: Path) -> None:
    source = tmp_path / "source.css"
    source.write_text("one")
    before = stamps.digest([source])
    assert stamps.digest([source.rename(tmp_path / "other.css")]) != before


def test_a_stamp_is_read_back() -> None:
    assert stamps.read("packages") == ("", "")
    stamps.write("packages", "run", "abc")
    assert stamps.read("packages") == ("run", "abc")


def test_make_run_does_not_take_away_what_make_test_needs() -> None:
    assert stamps.at_least("run", "packages") == "run"
    stamps.write("packages", "dev", "abc")
    assert stamps.at_least("run", "packages") == "dev"
    stamps.write("packages", "run", "abc")
    assert stamps.at_least("dev", "packages") == "dev"


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("npm error network request failed, reason: getaddrinfo ENOTFOUND", "npm's registry cannot be reached"),
        ("error: Failed to fetch: `x`\n  Caused by: Connection refused", "npm's registry cannot be reached"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code EROFS", "this folder cannot be written"),
    ],
)
def test_what_a_program_says_is_told_in_one_sentence(said: str, meaning: str) -> None:
    sentence = fail_with(said)
    assert sentence.startswith(f"Installing failed: {meaning}")
    assert len(sentence.splitlines()) == 1


def test_what_nobody_foresaw_is_shown_with_its_ending() -> None:
    assert "a strange thing" in fail_with("a strange thing")


def test_no_python_is_one_sentence(tmp_path: Path) -> None:
    shutil.copy(BASE_DIR / "scripts" / "find-python", tmp_path)
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        ["/bin/sh", "./find-python"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Commonplace needs Python 3.12 or newer")
    assert len(done.stderr.splitlines()) == 1


def test_the_python_that_is_found_is_new_enough() -> None:
    done = subprocess.run(
        [BASE_DIR / "scripts" / "find-python"], cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    version = subprocess.run(
        [done.stdout.strip(), "-c", "import sys; print(sys.version_info >= (3, 12))"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    assert version.stdout.strip() == "True"


def test_help_lists_every_verb() -> None:
    done = subprocess.run(["make", "help"], cwd=BASE_DIR, capture_output=True, text=True, check=True)
    for verb in ("run", "test", "lint", "types", "e2e", "bench", "up", "down"):
        assert f"make {verb} " in done.stdout
