"""The demo: made once, through the services, with a password that nobody else can read."""

import stat
from io import StringIO
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client

from core.accounts.models import User
from notes.access import abilities
from notes.markdown import render
from notes.models import Activity, Note, Notebook
from notes.services import contents


def seed() -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


@pytest.fixture
def folder(db: None, settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.DEMO_PASSWORD = ""
    return tmp_path / "data"


def test_everybody_can_sign_in_with_the_password_it_prints(folder: Path, client: Client) -> None:
    said = seed()
    password = (folder / "demo-password").read_text().strip()
    assert password in said
    for name in ("ada", "ben", "cleo"):
        email = f"{name}@example.org"
        assert User.objects.get(email=email).check_password(password)
        assert EmailAddress.objects.get(email=email).verified


def test_the_password_is_for_no_other_eyes(folder: Path) -> None:
    seed()
    assert stat.S_IMODE((folder / "demo-password").stat().st_mode) == 0o600


def test_the_password_may_be_given(folder: Path, settings: LazySettings) -> None:
    settings.DEMO_PASSWORD = "open sesame"
    assert "open sesame" in seed()
    assert User.objects.get(email="ada@example.org").check_password("open sesame")
    assert (folder / "demo-password").read_text() == "open sesame\n"


def test_the_second_time_nothing_is_made(folder: Path) -> None:
    seed()
    before = (folder / "demo-password").read_text(), Note.objects.count(), Activity.objects.count()
    assert "no demo was made" in seed()
    assert ((folder / "demo-password").read_text(), Note.objects.count(), Activity.objects.count()) == before


def test_nothing_is_made_where_somebody_lives_already(folder: Path) -> None:
    User.objects.create_user("mallory@example.org", display_name="Mallory")
    seed()
    assert User.objects.count() == 1
    assert not folder.exists()


def test_three_roles_are_to_be_tried(folder: Path) -> None:
    seed()
    course = Notebook.objects.get(title="Back-end, from scratch")
    ada, ben, cleo = (User.objects.get(email=f"{name}@example.org") for name in ("ada", "ben", "cleo"))
    assert abilities(ada, course).share
    assert abilities(ben, course).write
    assert abilities(cleo, course).read
    assert not abilities(cleo, course).write


def test_each_note_can_be_read_and_set(folder: Path) -> None:
    seed()
    for note in Note.objects.all():
        text = contents.text_of(note)
        assert note.words > 100
        assert note.excerpt
        html = "".join(block.html for block in render(text).blocks)
        assert 'class="tex"' not in html  # a formula that could not be read
    handshake = "".join(
        block.html for block in render(contents.text_of(Note.objects.get(title="TCP handshake"))).blocks
    )
    for piece in ("<table", '<div class="code"', "<math", 'class="tasks"', "callout-tip", "footnotes"):
        assert piece in handshake
