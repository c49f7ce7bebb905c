"""Each hears what they may see, and nothing after they may not."""

from typing import Any

import pytest

from core.accounts.models import User
from core.accounts.services import update_profile
from notes.models import Activity, Membership, Note, Notebook, Role
from notes.services import invitations, memberships, notebooks, notes
from realtime.feed import feed
from realtime.tests.feed.conftest import Open
from realtime.tests.feed.pages import session_of

pytestmark = pytest.mark.django_db(transaction=True)


async def newest() -> int:
    row = await Activity.objects.order_by("-cursor").afirst()
    return row.cursor if row else 0


@pytest.mark.parametrize("place", ["notebook:{networking}", "note:{handshake}", "reading:{handshake}", "note:nosuch"])
async def test_a_strangers_topic_does_not_exist(
    place: str, open_page: Open, mallory: User, networking: Notebook, handshake: Note
) -> None:
    topic = place.format(networking=networking.public_id, handshake=handshake.public_id)
    page = await open_page(mallory, topic)
    assert await page.until_closed() == 4404


async def test_one_bad_topic_refuses_them_all(open_page: Open, mallory: User, handshake: Note) -> None:
    page = await open_page(mallory, f"home,note:{handshake.public_id}")
    assert await page.until_closed() == 4404


async def test_a_deleted_note_does_not_exist(open_page: Open, do: Any, ada: User, handshake: Note) -> None:
    await do(notes.delete)(ada, handshake)
    assert await (await open_page(ada, f"note:{handshake.public_id}")).until_closed() == 4404


@pytest.mark.parametrize("session", ["", "nosuchsession"])
async def test_without_a_session_there_is_no_feed(open_page: Open, session: str, db: None) -> None:
    assert await (await open_page(None, "home", session=session)).until_closed() == 4401


async def test_a_stranger_at_home_hears_nothing_of_others(
    open_page: Open, do: Any, ada: User, mallory: User, handshake: Note
) -> None:
    page = await open_page(mallory, "home", after=await newest())
    await do(notes.rename)(ada, handshake, title="Secret")
    await do(notebooks.create)(mallory, title="My own")
    await page.until(lambda: page.rows)
    assert ["My own" in text for text in page.texts()] == [True]


async def test_whoever_is_removed_hears_no_more(
    open_page: Open, do: Any, ada: User, ben: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    home = await open_page(ben, "home", after=await newest())
    inside = await open_page(ben, f"notebook:{networking.public_id}", after=await newest())
    await home.listening()
    await inside.listening()
    membership = await Membership.objects.aget(notebook=course, user=ben)
    await do(memberships.remove)(ada, membership)
    await do(notes.rename)(ada, handshake, title="Secret")
    assert await inside.until_closed() == 4403
    await do(notebooks.create)(ben, title="My own")
    await home.until(lambda: home.rows)
    assert not any("Secret" in text or "removed" in text for text in [*home.heard, *inside.heard])


async def test_whoever_joins_hears_from_then_on(
    open_page: Open, do: Any, ada: User, mallory: User, course: Notebook, handshake: Note
) -> None:
    page = await open_page(mallory, "home", after=await newest())
    _, token = await do(invitations.invite)(ada, notebook=course, role=Role.VIEWER)
    await do(invitations.accept)(mallory, token=token)
    await do(notes.rename)(ada, handshake, title="Welcome")
    await page.until(lambda: any("Welcome" in text for text in page.texts()))
    assert any("Mallory joined" in text for text in page.texts())


async def test_a_session_that_ends_ends_the_feed(open_page: Open, do: Any, ben: User, client: Any) -> None:
    session = await do(session_of)(ben)
    page = await open_page(ben, "home", session=session)
    await page.listening()
    client.cookies["sessionid"] = session
    await do(client.post)("/accounts/logout/")
    assert await page.until_closed() == 4401


async def test_a_new_name_does_not_end_it(open_page: Open, do: Any, ada: User, ben: User, handshake: Note) -> None:
    page = await open_page(ben, "home", after=await newest())
    await do(update_profile)(ben, display_name="Benjamin", colour=3)
    await do(notes.rename)(ada, handshake, title="Still here")
    await page.until(lambda: page.rows)


async def test_lines_wait_while_rights_are_looked_up(
    open_page: Open, do: Any, ada: User, ben: User, handshake: Note
) -> None:
    page = await open_page(ben, "home", after=await newest())
    await page.listening()
    (listener,) = feed().listeners
    listener.doubt()
    await do(notes.rename)(ada, handshake, title="One")
    await do(notes.rename)(ada, handshake, title="Two")
    while not await page.socket.receive_nothing(0.3):
        await page.next()
    assert not page.rows
    feed().ask(listener)
    await page.until(lambda: len(page.rows) == 2)
    assert "to Two" in page.texts()[0]


async def test_a_note_moved_out_of_sight_ends_its_page(
    open_page: Open, do: Any, ada: User, ben: User, handshake: Note
) -> None:
    page = await open_page(ben, f"note:{handshake.public_id}", after=await newest())
    await page.listening()
    mine = await do(notebooks.create)(ada, title="Only me")
    await do(notes.move)(ada, handshake, notebook=mine)
    assert await page.until_closed() == 4403
