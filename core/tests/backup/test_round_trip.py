"""Whatever an instance holds comes through: from SQLite to PostgreSQL and back, byte for byte."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.backup.reading import Archive
from core.tests.backup.instances import Instance

WRITE_ON = """
from core.accounts.models import User
from notes.models import Activity, Note
from notes.services import contents, notebooks, notes
newest, known = max(Activity.objects.values_list("cursor", flat=True)), set(Note.objects.values_list("pk", flat=True))
eve = User.objects.create_user("eve@example.org", display_name="Eve")
note = notes.create(eve, notebook=notebooks.create(eve, title="Hers"), title="Hers", text="New.")
assert note.pk not in known
assert contents.text_of(note) == "New."
assert Activity.objects.get(note=note).cursor > newest + 1000
"""
CLIENTS_ARE_FORMER = """
from notes.models import Note, NoteClient
from realtime.persistence import load
for note in Note.objects.all():
    loaded = load(note.pk)
    assert not loaded.owners
    assert loaded.former == set(NoteClient.objects.filter(note=note).values_list("client_id", flat=True))
"""
LEAST_EPOCH = "from notes.models import Note; print(min(Note.objects.values_list('epoch', flat=True)))"
SESSIONS = "from django.contrib.sessions.models import Session; print(Session.objects.count())"


def asked(instance: Instance, code: str) -> int:
    return int(instance.manage("shell", "-v0", "-c", code))


def test_everything_comes_back_on_sqlite(furnished: Instance, restored: Instance) -> None:
    assert restored.tell() == furnished.tell()


@pytest.mark.postgres
def test_everything_comes_through_postgresql(
    furnished: Instance, archive: Path, postgres_url: str, sqlite: Callable[[str], Instance], tmp_path: Path
) -> None:
    before = furnished.tell()
    there = Instance(tmp_path, postgres_url)
    there.manage("prepare")
    there.manage("restore", str(archive))
    assert there.tell() == before
    back = sqlite("back")
    back.manage("restore", str(there.backup()))
    assert back.tell() == before
    there.manage("shell", "-c", WRITE_ON)  # new rows get new keys


def test_second_factors_need_the_key_under_which_they_were_set_up(
    furnished: Instance, archive: Path, sqlite: Callable[[str], Instance]
) -> None:
    assert "under another SECRET_KEY: 1." in sqlite("with a key of its own").manage("restore", str(archive))
    there = sqlite("with the same key")
    shutil.copy(furnished.folder / "secret-key", there.folder)
    assert "SECRET_KEY" not in there.manage("restore", str(archive))


def test_what_is_new_comes_after_what_was_restored(restored: Instance, tmp_path: Path) -> None:
    there = Instance(tmp_path / "there")
    shutil.copytree(restored.folder, there.folder)
    there.manage("shell", "-c", WRITE_ON)


def test_no_old_client_id_writes_on(restored: Instance) -> None:
    restored.manage("shell", "-c", CLIENTS_ARE_FORMER)


def test_two_restores_of_one_backup_are_two_epochs(
    restored: Instance, archive: Path, sqlite: Callable[[str], Instance]
) -> None:
    again = sqlite("again")
    again.manage("restore", str(archive))
    assert 1 < asked(restored, LEAST_EPOCH) < asked(again, LEAST_EPOCH)


def test_sessions_and_secrets_stay_at_home(furnished: Instance, restored: Instance, archive: Path) -> None:
    assert asked(furnished, SESSIONS) == 1
    assert asked(restored, SESSIONS) == 0
    secrets = [(furnished.folder / name).read_text().strip() for name in ("secret-key", "demo-password")]
    with archive.open("rb") as file, Archive(file) as opened:
        told = [str(row) for part in opened.manifest.parts for row in opened.rows(part.table)]
    assert len(told) > 100
    assert not [secret for secret in secrets for row in told if secret in row]
