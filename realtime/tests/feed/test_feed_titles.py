"""A note's new title is on the pages of everybody who has it open."""

from typing import Any

import pytest
from django.template.loader import render_to_string

from core.accounts.models import User
from notes.access import abilities
from notes.models import Note
from notes.services import notes
from realtime.tests.feed.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = 'Handshake & "quotes" <b>'


async def test_it_changes_wherever_it_stands(
    open_page: Open, do: Any, ada: User, ben: User, cleo: User, handshake: Note
) -> None:
    writer = await open_page(ben, f"note:{handshake.public_id}")
    elsewhere = await open_page(cleo, "home")
    await writer.listening()
    await elsewhere.listening()
    await do(notes.rename)(ada, handshake, title=TITLE)
    field = "#note-title textarea"
    await writer.until(lambda: field in writer.places and writer.rows)
    assert writer.places["#crumb-title"] == "Handshake &amp; &quot;quotes&quot; &lt;b&gt;"
    await elsewhere.until(lambda: elsewhere.rows)
    assert field not in elsewhere.places
    await handshake.arefresh_from_db()
    able = await do(abilities)(ben, handshake)
    page = await do(render_to_string)("notes/notes/title.html", {"note": handshake, "able": able})
    assert writer.places[field] in page
