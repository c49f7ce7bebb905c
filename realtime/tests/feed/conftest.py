"""The domain's cast, in a database that other threads see too, and pages that listen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from core.accounts.models import User
from notes.models import Note, Notebook
from notes.tests.conftest import ada, ben, cleo, course, dana, handshake, mallory, networking
from realtime.registry import registry
from realtime.tests.feed.authors import Author
from realtime.tests.feed.pages import Page, session_of

__all__ = ["ada", "ben", "cleo", "course", "dana", "handshake", "mallory", "networking"]

type Open = Callable[..., Awaitable[Page]]
type Sit = Callable[[User, Note], Awaitable[Author]]


@pytest.fixture
async def open_page() -> AsyncIterator[Open]:
    """`await open_page(ada, "home", after=3)`: a page whose feed socket is open, or was refused."""
    pages: list[Page] = []

    async def open_one(
        user: User | None, topics: str, after: int | None = None, session: str = "", **more: str
    ) -> Page:
        page = Page(session or (await sync_to_async(session_of)(user) if user else ""), topics, after, **more)
        pages.append(page)
        await page.open()
        return page

    yield open_one
    for page in pages:
        await page.leave()
    await registry().close()


@pytest.fixture
async def sit_down() -> AsyncIterator[Sit]:
    """`await sit_down(ben, handshake)`: Ben has the note open and may write."""
    authors: list[Author] = []

    async def sit(user: User, note: Note) -> Author:
        author = Author(user, note)
        await author.open()
        authors.append(author)
        return author

    yield sit
    for author in authors:
        await author.leave()


@pytest.fixture
def do(course: Notebook, handshake: Note) -> Any:
    """`await do(service, ...)`: calls it as a view would, in another thread."""
    return sync_to_async
