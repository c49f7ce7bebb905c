"""The pages on which somebody takes their data along, and deletes their account."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from core.accounts.models import User
from notes.models import Membership, Note, Notebook, Role
from notes.services import invitations, memberships, notebooks, notes
from notes.services.activity import fold_edit

PASSWORD = "three-segments-are-enough"
CLOSE, TAKE = "/accounts/close/", "/accounts/takeout/"


def enter(user: User) -> Client:
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_ada(ada: User) -> Client:
    return enter(ada)


@pytest.fixture
def as_ben(ben: User) -> Client:
    return enter(ben)


def name_of(notebook: Notebook) -> str:
    return f"notebook-{notebook.public_id}"


# --- Deleting the account ----------------------------------------------------------------------------------------


def test_the_page_says_what_will_happen(as_ada: Client, course: Notebook, handshake: Note) -> None:
    page = as_ada.get(CLOSE).content.decode()
    assert "There is no way back" in page
    assert "Ben owns it from now on" in page
    assert "Delete it with its 1 note, for everybody and for ever" in page
    assert "3 people besides you in it" in page
    assert "checked" not in page
    assert 'href="/accounts/close/"' in as_ada.get("/accounts/profile/").content.decode()


def test_an_account_is_deleted_and_every_session_ends(as_ben: Client, ben: User, course: Notebook) -> None:
    elsewhere = Client()
    elsewhere.force_login(ben)
    was = ben.public_id
    answer = as_ben.post(CLOSE, {"password": PASSWORD})
    assert answer.status_code == 200
    assert f'data-gone="{was}"' in answer.content.decode()
    for client in (as_ben, elsewhere):
        assert client.get("/").status_code == 302
    assert Client().post("/accounts/login/", {"login": "ben@example.org", "password": PASSWORD}).status_code == 200
    ben.refresh_from_db()
    assert not ben.is_active


@pytest.mark.parametrize("password", ["", "wrong", f" {PASSWORD}"])
def test_without_the_password_nothing_happens(password: str, as_ben: Client, ben: User, course: Notebook) -> None:
    answer = as_ben.post(CLOSE, {"password": password})
    assert answer.status_code == 422
    ben.refresh_from_db()
    assert (ben.is_active, str(ben)) == (True, "Ben")
    assert as_ben.get("/").status_code == 200


def test_a_password_is_not_guessed_here(as_ben: Client, ben: User, course: Notebook) -> None:
    for number in range(10):
        as_ben.post(CLOSE, {"password": f"guess {number}"})
    answer = as_ben.post(CLOSE, {"password": PASSWORD})
    assert "Too many tries" in answer.content.decode()
    ben.refresh_from_db()
    assert ben.is_active


def test_what_is_not_decided_is_asked_for(as_ada: Client, ada: User, course: Notebook) -> None:
    answer = as_ada.post(CLOSE, {"password": PASSWORD})
    assert answer.status_code == 422
    assert "Decide what becomes of it." in answer.content.decode()
    ada.refresh_from_db()
    assert ada.is_active


def test_a_notebook_is_handed_over(as_ada: Client, ben: User, course: Notebook, handshake: Note) -> None:
    as_ada.post(CLOSE, {"password": PASSWORD, name_of(course): ben.public_id})
    assert Membership.objects.get(user=ben, notebook=course).role == Role.OWNER
    page = enter(ben).get(f"/notes/{handshake.public_id}/").content.decode()
    assert "Three segments are enough." in page
    assert "Ada" not in page
    assert "Former member" in page


def test_a_notebook_is_erased(as_ada: Client, ben: User, course: Notebook, handshake: Note) -> None:
    as_ada.post(CLOSE, {"password": PASSWORD, name_of(course): "erase"})
    assert not Notebook.objects.exists()
    assert enter(ben).get(f"/notes/{handshake.public_id}/").status_code == 404


@pytest.mark.parametrize("chosen", ["", "nobody", "cleo"])
def test_nobody_else_is_chosen(chosen: str, as_ada: Client, ada: User, cleo: User, course: Notebook) -> None:
    answer = as_ada.post(CLOSE, {"password": PASSWORD, name_of(course): cleo.public_id if chosen == "cleo" else chosen})
    assert answer.status_code == 422
    ada.refresh_from_db()
    assert ada.is_active


def test_strangers_are_sent_to_the_door(client: Client, db: None) -> None:
    for path in (CLOSE, TAKE):
        assert client.post(path)["Location"].startswith("/accounts/login/")


# --- Taking the data along ---------------------------------------------------------------------------------------


def taken(client: Client) -> dict[str, str]:
    answer = client.post(TAKE)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="commonplace-')
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_all_that_is_somebodys_is_in_the_zip(as_ada: Client, ada: User, course: Notebook, handshake: Note) -> None:
    invitations.invite(ada, notebook=course, role=Role.VIEWER, email="farah@example.org")
    fold_edit(ada, handshake, added=5, removed=2)
    found = taken(as_ada)
    assert json.loads(found["profile.json"])["email"] == "ada@example.org"
    assert [m["role"] for m in json.loads(found["memberships.json"])] == ["owner"]
    assert [i["for"] for i in json.loads(found["invitations.json"])] == ["farah@example.org"]
    (wrote,) = json.loads(found["writing.json"])
    assert (wrote["title"], wrote["sittings"], wrote["added"], wrote["removed"]) == ("TCP handshake", 1, 5, 2)
    lines = [json.loads(line)["what"] for line in found["activity.jsonl"].splitlines()]
    assert lines == ["notebook-created", "notebook-created", "note-created", "note-edited"]
    (note,) = json.loads(found["notes.json"])
    assert found[note["file"]] == "Three segments are enough."
    assert note["file"] == "notes/Networking/TCP handshake.md"
    assert PASSWORD not in str(found)
    assert ada.password not in str(found)


def test_of_others_notes_it_holds_those_in_which_one_wrote(
    as_ben: Client, ada: User, ben: User, course: Notebook
) -> None:
    notes.create(ada, notebook=course, title="Hers", text="She wrote this.")
    notes.create(ben, notebook=course, title="His / ../../etc 東京 \u202e", text="He wrote this.")
    own = notebooks.create(ben, title="Ben's")
    notes.delete(ben, notes.create(ben, notebook=own, title="Thrown away", text="Still his."))
    found = taken(as_ben)
    texts = {name: text for name, text in found.items() if name.startswith("notes/")}
    assert sorted(texts.values()) == ["He wrote this.", "Still his."]
    assert all(name.count("/") == 2 and ".." not in name.split("/") and "\u202e" not in name for name in texts)


def test_what_one_may_not_read_any_more_is_not_in_it(as_ben: Client, ben: User, course: Notebook) -> None:
    notes.create(ben, notebook=course, title="His", text="He wrote this.")
    Membership.objects.filter(user=ben).delete()
    assert json.loads(taken(as_ben)["notes.json"]) == []


def test_it_is_not_put_together_again_and_again(as_ada: Client, course: Notebook) -> None:
    taken(as_ada)
    assert as_ada.post(TAKE).status_code == 302
    cache.clear()
    taken(as_ada)


def test_how_often_stands_with_the_other_rates(as_ada: Client, course: Notebook, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"take_along": "2/m/user"}
    for _ in range(2):
        taken(as_ada)
    refused = as_ada.post(TAKE, follow=True).content.decode()
    assert "Your data was put together a moment ago." in refused


def test_it_is_not_had_by_a_link(as_ada: Client) -> None:
    assert as_ada.get(TAKE).status_code == 405


# --- By commands -------------------------------------------------------------------------------------------------


def test_an_operator_writes_it_for_who_cannot_sign_in(ada: User, course: Notebook, tmp_path: Path) -> None:
    path = tmp_path / "ada.zip"
    call_command("export_person", "ADA@example.org", to=path)
    assert zipfile.ZipFile(path).testzip() is None
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="Nobody has an account"):
        call_command("export_person", "nobody@example.org")


def test_an_operator_deletes_an_account_when_all_is_decided(
    ada: User, ben: User, course: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("delete_person", "ada@example.org")
    said = capsys.readouterr().out
    assert f"--give {course.public_id}=EMAIL (ben@example.org)" in said
    assert "Nothing was done." in said
    with pytest.raises(CommandError, match="Say what becomes of"):
        call_command("delete_person", "ada@example.org", yes=True)
    with pytest.raises(CommandError, match="is no decision"):
        call_command("delete_person", "ada@example.org", yes=True, give=["nonsense"])
    assert User.objects.filter(pk=ada.pk, is_active=True).exists()
    call_command("delete_person", "ada@example.org", yes=True, give=[f"{course.public_id}=ben@example.org"])
    assert User.objects.filter(pk=ada.pk, is_active=False).exists()
    assert Membership.objects.get(user=ben, notebook=course).role == Role.OWNER


def test_titles_of_what_one_may_not_read_any_more_are_not_told(
    ada: User, ben: User, as_ben: Client, course: Notebook, handshake: Note
) -> None:
    fold_edit(ben, handshake, added=5, removed=0)
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    invitations.accept(ben, token=token)
    memberships.remove(ada, Membership.objects.get(notebook=course, user=ben))
    notebooks.update(ada, course, title="SECRET course", description="", cloth=1)
    notes.rename(ada, handshake, title="SECRET note")
    notes.move(ada, handshake, notebook=notebooks.create(ada, title="SECRET place"))
    files = zipfile.ZipFile(io.BytesIO(as_ben.post(TAKE).content))
    assert handshake.public_id in files.read("writing.json").decode()
    assert [name for name in files.namelist() if b"SECRET" in files.read(name)] == []
