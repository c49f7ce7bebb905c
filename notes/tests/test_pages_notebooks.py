"""Notebooks by their pages: begun, changed, moved, put away and brought back."""

import re

import pytest
from django.test import Client

from core.accounts.models import User
from notes.models import Note, Notebook
from notes.services import notebooks, notes

FORM = {"title": "Operating systems", "description": "From the boot to the shell.", "cloth": "3"}


@pytest.fixture
def as_ada(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def test_a_notebook_is_begun(as_ada: Client, ada: User) -> None:
    answer = as_ada.post("/notebooks/new", FORM, follow=True)
    notebook = Notebook.objects.get(title="Operating systems")
    assert answer.redirect_chain == [(notebook.get_absolute_url(), 302)]
    assert (notebook.description, notebook.cloth) == ("From the boot to the shell.", 3)
    assert "A blank page" in answer.content.decode()


def test_a_notebook_is_begun_in_another(as_ada: Client, course: Notebook) -> None:
    as_ada.post("/notebooks/new", {**FORM, "in": course.public_id})
    assert Notebook.objects.get(title="Operating systems").parent == course


def test_a_notebook_without_a_title_is_asked_for_one(as_ada: Client) -> None:
    answer = as_ada.post("/notebooks/new", {**FORM, "title": "  "})
    assert answer.status_code == 422
    assert "From the boot to the shell." in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_what_the_service_refuses_is_said_in_the_form(as_ada: Client, networking: Notebook, ada: User) -> None:
    part = notebooks.create(ada, title="Part", parent=networking)
    deepest = notebooks.create(ada, title="Chapter", parent=part)
    answer = as_ada.post("/notebooks/new", {**FORM, "in": deepest.public_id})
    assert answer.status_code == 422
    assert "nest at most 4 deep" in answer.content.decode()


def test_title_and_cloth_change(as_ada: Client, networking: Notebook) -> None:
    as_ada.post(f"/notebooks/{networking.public_id}/settings", {"title": "Nets", "description": "", "cloth": "6"})
    networking.refresh_from_db()
    assert (networking.title, networking.cloth) == ("Nets", 6)


def test_a_notebook_moves(as_ada: Client, networking: Notebook, ada: User) -> None:
    shelf = notebooks.create(ada, title="Shelf")
    page = as_ada.get(f"/notebooks/{networking.public_id}/move").content.decode()
    assert f'value="{networking.public_id}"' not in page  # not into itself
    as_ada.post(f"/notebooks/{networking.public_id}/move", {"notebook": shelf.public_id})
    networking.refresh_from_db()
    assert networking.parent == shelf


def test_a_notebook_moves_outside(as_ada: Client, networking: Notebook) -> None:
    as_ada.post(f"/notebooks/{networking.public_id}/move", {"notebook": ""})
    networking.refresh_from_db()
    assert networking.parent is None


@pytest.mark.parametrize("deed", ["archive", "delete"])
def test_what_is_put_away_comes_back_by_the_toast(
    deed: str, as_ada: Client, networking: Notebook, handshake: Note
) -> None:
    page = as_ada.post(f"/notebooks/{networking.public_id}/{deed}", follow=True).content.decode()
    undo = re.search(r'<form method="post" action="([^"]+)">.{0,200}Undo', page)
    assert undo
    networking.refresh_from_db()
    assert networking.archived_at or networking.deleted_at
    as_ada.post(undo[1])
    networking.refresh_from_db()
    handshake.refresh_from_db()
    marks = [networking.archived_at, networking.deleted_at, handshake.archived_at, handshake.deleted_at]
    assert marks == [None] * 4


def test_a_deleted_notebook_shows_its_owner_the_way_back(as_ada: Client, networking: Notebook, ada: User) -> None:
    notebooks.delete(ada, networking)
    page = as_ada.get(networking.get_absolute_url()).content.decode()
    assert f'action="/notebooks/{networking.public_id}/restore"' in page


def test_an_archived_notebook_is_read_and_not_written(
    as_ada: Client, networking: Notebook, ada: User, handshake: Note
) -> None:
    notebooks.archive(ada, networking)
    page = as_ada.get(networking.get_absolute_url()).content.decode()
    assert "TCP handshake" in page
    assert 'id="new-note"' not in page
    assert f'action="/notebooks/{networking.public_id}/unarchive"' in page


def test_a_notebook_whose_notes_are_archived_is_not_called_blank(
    as_ada: Client, networking: Notebook, ada: User, handshake: Note
) -> None:
    notes.archive(ada, handshake)
    page = as_ada.get(networking.get_absolute_url()).content.decode()
    assert "All of it is archived" in page
    assert "Write the first note" not in page


def test_a_viewer_is_offered_nothing_they_may_not_do(
    client: Client, cleo: User, networking: Notebook, handshake: Note
) -> None:
    client.force_login(cleo)
    page = client.get(networking.get_absolute_url()).content.decode()
    for deed in ("/archive", "/delete", "/settings", "/move", "/notes/new", "Invite"):
        assert deed not in page


def test_only_the_notebooks_around_that_one_may_see_are_named(
    client: Client, mallory: User, networking: Notebook
) -> None:
    networking.memberships.create(user=mallory, role=10)
    client.force_login(mallory)
    page = client.get(networking.get_absolute_url()).content.decode()
    assert "Networking" in page
    assert "Back-end, from scratch" not in page
