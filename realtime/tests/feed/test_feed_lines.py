"""What happens is on the page as soon as it is committed, once, and nothing else is."""

import asyncio
from typing import Any

import pytest

from core.accounts.models import User
from notes.models import Activity, Note, Notebook
from notes.services import activity, notebooks, notes
from notes.views.reading import feed_page
from realtime.tests.feed.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)


async def newest() -> int:
    row = await Activity.objects.order_by("-cursor").afirst()
    return row.cursor if row else 0


@pytest.mark.parametrize("place", ["home", "notebook:{course}", "notebook:{networking}", "note:{handshake}"])
async def test_a_line_appears_where_it_belongs(
    place: str, open_page: Open, do: Any, ada: User, ben: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    topic = place.format(course=course.public_id, networking=networking.public_id, handshake=handshake.public_id)
    page = await open_page(ben, topic, after=await newest())
    await do(notes.rename)(ada, handshake, title="Three-way handshake")
    await page.until(lambda: page.rows)
    assert "Ada renamed TCP handshake to Three-way handshake" in page.texts()[0]


async def test_what_happens_elsewhere_does_not(
    open_page: Open, do: Any, ada: User, ben: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    page = await open_page(ben, f"note:{handshake.public_id}", after=await newest())
    await do(notes.create)(ada, notebook=networking, title="Beside it")
    await do(notebooks.create)(ada, title="Another course")
    await do(notes.rename)(ada, handshake, title="Here")
    await page.until(lambda: page.rows)
    assert len(page.rows) == 1
    assert "Here" in page.texts()[0]


async def test_a_new_notebook_of_ones_own_is_heard_at_home(open_page: Open, do: Any, ada: User) -> None:
    page = await open_page(ada, "home", after=await newest())
    mine = await do(notebooks.create)(ada, title="Only me")
    await page.until(lambda: page.rows)
    assert "Ada began the notebook Only me" in page.texts()[0]
    await do(notes.create)(ada, notebook=mine, title="First")
    await page.until(lambda: len(page.rows) == 2)


async def test_editing_is_one_line_that_changes_in_place(
    open_page: Open, do: Any, ada: User, ben: User, handshake: Note
) -> None:
    page = await open_page(ada, "home", after=await newest())
    await do(activity.fold_edit)(ben, handshake, added=10, removed=0)
    await page.until(lambda: page.rows)
    await do(notes.rename)(ada, handshake, title="Other")
    await page.until(lambda: len(page.rows) == 2)
    await do(activity.fold_edit)(ben, handshake, added=5, removed=4)
    await page.until(lambda: "+15" in page.texts()[1])
    assert "−4" in page.texts()[1]
    assert len(page.rows) == 2


async def test_an_edit_of_a_line_further_down_comes_up_again(
    open_page: Open, do: Any, ada: User, ben: User, networking: Notebook, handshake: Note
) -> None:
    page = await open_page(ada, "home", after=await newest())
    await do(activity.fold_edit)(ben, handshake, added=10, removed=0)
    for number in range(6):
        await do(notes.create)(ada, notebook=networking, title=f"Note {number}")
    await page.until(lambda: len(page.rows) == 7)
    await do(activity.fold_edit)(ben, handshake, added=1, removed=0)
    await page.until(lambda: "+11" in page.texts()[0])
    assert len(page.rows) == 7


async def test_lines_on_the_page_already_change_in_place(
    open_page: Open, do: Any, ada: User, ben: User, handshake: Note
) -> None:
    await do(activity.fold_edit)(ben, handshake, added=10, removed=0)
    page = await open_page(ada, "home", after=await newest())
    await page.listening()
    await do(activity.fold_edit)(ben, handshake, added=1, removed=0)
    await page.until(lambda: page.heard)
    assert 'hx-swap="outerMorph"' in page.heard[0]
    assert "afterbegin" not in page.heard[0]


async def test_two_topics_do_not_double_a_line(
    open_page: Open, do: Any, ada: User, networking: Notebook, handshake: Note
) -> None:
    topics = f"home,notebook:{networking.public_id},note:{handshake.public_id}"
    page = await open_page(ada, topics, after=await newest())
    await do(notes.rename)(ada, handshake, title="Once")
    await do(notes.rename)(ada, handshake, title="Twice")
    await page.until(lambda: len(page.rows) == 2)
    assert len({row[0] for row in page.rows}) == 2


async def test_the_line_is_the_one_of_the_page(
    open_page: Open, do: Any, ada: User, ben: User, client: Any, networking: Notebook, handshake: Note
) -> None:
    page = await open_page(ada, "home", after=await newest())
    await do(notes.rename)(ada, handshake, title="<script>alert(1)</script>")
    await page.until(lambda: page.rows)
    await do(client.force_login)(ben)
    shown = (await do(client.get)("/")).content.decode()
    row = page.heard[0].split('hx-swap="afterbegin">')[1].removesuffix("</hx-partial>")
    assert row in shown
    assert "<script>alert" not in row


async def test_lines_of_many_writers_arrive_once_each(
    open_page: Open, do: Any, ada: User, ben: User, networking: Notebook, handshake: Note
) -> None:
    page = await open_page(ben, "home", after=await newest())
    titles = [f"Note {number}" for number in range(20)]
    await asyncio.gather(*(do(notes.create, thread_sensitive=False)(ada, notebook=networking, title=t) for t in titles))
    await page.until(lambda: len(page.rows) == 20)
    cursors = [cursor for _, cursor, _ in page.rows]
    assert cursors == sorted(cursors, reverse=True)
    assert sorted(title for title in titles if any(f"began {title} " in text for text in page.texts())) == sorted(
        titles
    )
    rows = await do(lambda: feed_page(Activity.objects.visible_to(ben))["activities"])()
    assert [f"activity-{row.pk}" for row in rows][:20] == [row_id for row_id, _, _ in page.rows]
