"""The sidebar shows where one is."""

import re

import pytest
from django.test import Client

from core.accounts.models import User
from notes.models import Note, Notebook


@pytest.fixture
def as_cleo(client: Client, cleo: User) -> Client:
    client.force_login(cleo)
    return client


def row_of(client: Client, url: str, notebook: Notebook) -> str:
    """The notebook's link in the sidebar of the page at `url`."""
    page = client.get(url).content.decode()
    row = re.search(rf'<a class="row[^>]+href="{notebook.get_absolute_url()}"[^>]*>', page)
    assert row
    return row[0]


def test_the_notebook_of_the_note_is_marked(as_cleo: Client, networking: Notebook, handshake: Note) -> None:
    for page in ("", "read"):
        assert 'aria-current="true"' in row_of(as_cleo, f"{handshake.get_absolute_url()}{page}", networking)


def test_so_is_the_notebook_of_its_own_pages(as_cleo: Client, networking: Notebook) -> None:
    assert 'aria-current="page"' in row_of(as_cleo, networking.get_absolute_url(), networking)
    assert 'aria-current="true"' in row_of(as_cleo, f"{networking.get_absolute_url()}people", networking)


def test_the_narrow_sidebar_marks_the_outermost_one(as_cleo: Client, course: Notebook, handshake: Note) -> None:
    row = row_of(as_cleo, handshake.get_absolute_url(), course)
    assert "row-around" in row
    assert "aria-current" not in row


def test_elsewhere_no_notebook_is_marked(as_cleo: Client, course: Notebook, handshake: Note) -> None:
    row = row_of(as_cleo, "/", course)
    assert "row-around" not in row
    assert "aria-current" not in row
