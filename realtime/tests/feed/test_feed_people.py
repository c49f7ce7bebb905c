"""The page of a notebook's people is told when they change."""

from typing import Any

import pytest

from core.accounts.models import User
from notes.models import Notebook, Role
from notes.services import invitations, memberships
from realtime.tests.feed.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)

NEWS = "#people-news"


async def test_somebody_new_is_told_to_the_pages_of_the_notebook_and_of_those_in_it(
    open_page: Open, do: Any, ada: User, ben: User, mallory: User, course: Notebook, networking: Notebook
) -> None:
    pages = [await open_page(ben, f"notebook:{notebook.public_id}") for notebook in (course, networking)]
    home = await open_page(ada, "home")
    for page in (*pages, home):
        await page.listening()
    _, token = await do(invitations.invite)(ada, notebook=course, role=Role.VIEWER)
    await do(invitations.accept)(mallory, token=token)
    for page in pages:
        await page.until(lambda page=page: NEWS in page.places)
        assert 'hx-target="#people"' in page.places[NEWS]
        assert "Mallory" not in page.places[NEWS]
    await home.until(lambda: home.rows)
    assert NEWS not in home.places


async def test_so_is_another_role(open_page: Open, do: Any, ada: User, cleo: User, course: Notebook) -> None:
    page = await open_page(ada, f"notebook:{course.public_id}")
    await page.listening()
    membership = await do(course.memberships.select_related("user", "notebook").get)(user=cleo)
    await do(memberships.change_role)(ada, membership, role=Role.EDITOR)
    await page.until(lambda: NEWS in page.places)
