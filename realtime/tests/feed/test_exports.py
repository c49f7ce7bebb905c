"""How far an export is comes to the page of whoever asked for it, and to nobody else's."""

from typing import Any

import pytest

from core.accounts.models import User
from notes.models import Export, Note, Notebook
from notes.services import exports, notes
from realtime.tests.feed.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)


async def test_it_is_shown_when_it_is_ready(
    open_page: Open, do: Any, ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    hers = await open_page(ada, f"notebook:{course.public_id}")
    his = await open_page(ben, f"notebook:{course.public_id}")
    await hers.listening()
    await his.listening()
    export = await do(Export.objects.create)(notebook=course, requested_by=ada)
    place = f"#export-{export.public_id}"
    await do(exports.make)(export.pk)
    await hers.until(lambda: place in hers.places)
    assert f"/exports/{export.public_id}/file" in hers.places[place]
    assert "1 note, " in hers.places[place]
    await do(notes.rename)(ada, handshake, title="Other")
    await his.until(lambda: his.rows)
    assert place not in his.places
