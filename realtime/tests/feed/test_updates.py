"""A page that was made by another version of the application is told so, and nobody else."""

import re
from typing import Any

import pytest
from django.test import Client

from core.accounts.models import User
from core.lib import bundle
from notes.models import Note
from notes.services import notes
from realtime.tests.feed.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not the front end was built here."""
    monkeypatch.setattr(bundle, "version", lambda: "0123456789ab")


async def test_a_page_of_another_version_is_told(open_page: Open, ada: User, handshake: Note) -> None:
    page = await open_page(ada, "home", bundle="ba9876543210")
    await page.until(lambda: "#updated" in page.places)
    assert "Reload when it suits you" in page.places["#updated"]


@pytest.mark.parametrize("more", [{}, {"bundle": ""}, {"bundle": "0123456789ab"}])
async def test_one_of_this_version_is_not(
    open_page: Open, do: Any, ada: User, handshake: Note, more: dict[str, str]
) -> None:
    page = await open_page(ada, "home", **more)
    await page.listening()
    await do(notes.rename)(ada, handshake, title="Other")
    await page.until(lambda: page.rows)
    assert "#updated" not in page.places


def test_a_page_says_which_it_is(client: Client, ada: User) -> None:
    client.force_login(ada)
    socket = re.search(r'hx-ws:connect="([^"]+)"', client.get("/").content.decode())
    assert socket
    assert socket[1].endswith("&amp;bundle=0123456789ab")
