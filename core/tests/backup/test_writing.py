"""A backup is there whole, or not at all."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.backup import tables
from core.lib.env import BASE_DIR
from core.lib.version import VERSION
from core.tests.backup.instances import Instance
from core.tests.leftout import leave_out
from core.tests.services import wait_until


def test_nobody_else_may_read_it(furnished: Instance, archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    furnished.manage("backup")
    (path,) = (furnished.folder / "backups").glob("commonplace-*.zip")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    told = furnished.manage("backup", "--check", str(path))
    assert "is whole" in told
    assert "5 people, 7 notebooks, 13 notes" in told


def test_a_file_that_is_there_is_not_overwritten(furnished: Instance, archive: Path) -> None:
    before = archive.read_bytes()
    assert "There is a file" in furnished.refuses("backup", "--to", str(archive))
    assert archive.read_bytes() == before


def run(instance: Instance, *arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=BASE_DIR, env=instance.environment, **options
    )


def test_it_goes_down_a_pipe_and_comes_up_another(furnished: Instance, tmp_path: Path) -> None:
    there = Instance(tmp_path)
    with (
        run(furnished, "backup", "--to", "-", stdout=subprocess.PIPE) as made,
        run(there, "restore", "-", stdin=made.stdout) as taken,
    ):
        pass
    assert (made.returncode, taken.returncode) == (0, 0)
    assert there.tell() == furnished.tell()


def test_a_full_disk_leaves_nothing_behind_and_is_said_in_one_sentence(furnished: Instance, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        leave_out("only root may mount a small disk")
    try:
        said = furnished.refuses("backup", "--to", str(disk / "backup.zip"))
        assert f"The disk of {disk} is full. Nothing was kept of this backup." in said
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


HALF = """
from pathlib import Path
from core.backup import files
with files.new_file(Path({path!r})) as file:
    file.write(b"half")
    open({pipe!r}).read()
"""


def test_one_that_is_ended_half_way_leaves_nothing_behind(furnished: Instance, tmp_path: Path) -> None:
    """It waits for a pipe that nobody writes into: there it stands when it is told to end."""
    pipe, path = tmp_path / "pipe", tmp_path / "made.zip"
    os.mkfifo(pipe)
    with run(furnished, "shell", "-c", HALF.format(path=str(path), pipe=str(pipe))) as child:
        wait_until(lambda: any(tmp_path.glob(".made.zip.*.partial")), "half of it is there")
        child.send_signal(signal.SIGTERM)
    assert child.returncode == 128 + signal.SIGTERM
    assert [left.name for left in tmp_path.iterdir()] == ["pipe"]


def test_a_database_that_is_not_up_to_date_is_not_backed_up(tmp_path: Path) -> None:
    there = Instance(tmp_path)
    assert "The database is not up to date" in there.refuses("backup")


def test_every_table_is_kept_or_left_out_for_a_reason() -> None:
    """Whoever adds a model says here which: core/backup/tables.py."""
    from django.apps import apps

    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert known - set(tables.KEPT) == set(tables.LEFT_OUT)


def test_the_version_is_that_of_the_project() -> None:
    assert f'version = "{VERSION}"' in (BASE_DIR / "pyproject.toml").read_text()


@pytest.mark.parametrize("arguments", [("backup", "--to", "/proc/nowhere/backup.zip")])
def test_a_place_that_takes_nothing_is_named(furnished: Instance, arguments: tuple[str, ...]) -> None:
    assert "cannot be written" in furnished.refuses(*arguments)
