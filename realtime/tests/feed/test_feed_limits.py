"""A feed socket that breaks a rule is closed by name, and nobody else suffers."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from core.accounts.models import User
from notes.models import Note
from notes.services import notes
from realtime.consumers.feed import FeedConsumer
from realtime.feed import feed
from realtime.registry import registry
from realtime.tests.client import until
from realtime.tests.feed.conftest import Open
from realtime.tests.feed.pages import session_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "topics",
    ["", "everything", "note:", "note:UPPER", "home;note:a", "note:a b", ",".join(["home"] * 9), "reading:a,reading:b"],
)
async def test_topics_that_are_none(topics: str, open_page: Open, ada: User) -> None:
    assert await (await open_page(ada, topics)).until_closed() == 4400


@pytest.mark.parametrize("after", ["-1", "1e9", "x", "9" * 19, "１"])
async def test_a_cursor_that_is_none(after: str, open_page: Open, ada: User) -> None:
    assert await (await open_page(ada, "home", after=after)).until_closed() == 4400


async def test_it_only_listens(open_page: Open, ada: User) -> None:
    page = await open_page(ada, "home")
    await page.socket.send_to(text_data="hello")
    assert await page.until_closed() == 4400


async def test_too_many_sockets_of_one_user(open_page: Open, ada: User, ben: User) -> None:
    limits = registry().limits
    for _ in range(limits.sockets_per_user):
        registry().guests.enter(ada.pk, limits)
    assert await (await open_page(ada, "home")).until_closed() == 4430
    other = await open_page(ben, "home")
    assert other.closed is None


async def test_whoever_leaves_is_forgotten(open_page: Open, ada: User) -> None:
    page = await open_page(ada, "home")
    await page.listening()
    await page.leave()
    assert not feed().listeners
    assert not registry().guests.connections
    assert registry().guests.enter(ada.pk, registry().limits).connections == 1


async def test_a_slow_reader_is_closed_and_others_read_on(
    open_page: Open, do: Any, ada: User, ben: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server takes nothing more from us: what waits is bounded."""
    session = await do(session_of)(ben)
    stuck, closed = asyncio.Event(), asyncio.Event()
    closing: list[int] = []

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            await stuck.wait()
        if message["type"] == "websocket.close":
            closing.append(message["code"])
            closed.set()

    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    incoming.put_nowait({"type": "websocket.connect"})
    scope = {
        "type": "websocket",
        "cookies": {settings.SESSION_COOKIE_NAME: session},
        "query_string": b"topics=home",
    }
    monkeypatch.setattr(feed().registry, "limits", replace(feed().registry.limits, socket_backlog_bytes=2_000))
    slow = asyncio.ensure_future(FeedConsumer()(scope, incoming.get, send))
    page = await open_page(ada, "home")
    await page.listening()
    await until(lambda: len(feed().listeners) == 2, "both listen")
    for number in range(8):
        await do(notes.rename)(ada, handshake, title=f"Name {number}")
        await page.until(lambda: len(page.rows) == number + 1)  # noqa: B023
    async with asyncio.timeout(5):
        await closed.wait()
    assert closing == [4408]
    incoming.put_nowait({"type": "websocket.disconnect", "code": 4408})
    await slow


async def test_a_restarting_server_says_so(open_page: Open, ada: User) -> None:
    page = await open_page(ada, "home")
    await page.listening()
    await feed().close()
    assert await page.until_closed() == 1012
