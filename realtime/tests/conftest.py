"""What all tests of the sockets share: the domain's cast, and connections that are closed when a test ends."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from hypothesis import settings

from core.accounts.models import User
from notes.models import Note
from notes.tests.conftest import ada, ben, cleo, course, dana, handshake, mallory, networking
from realtime.registry import Registry, registry
from realtime.tests.client import Socket, Typist, path_of, sign_in
from realtime.tests.plain import Plain, PlainTypist
from realtime.tests.writers import Writer

__all__ = ["ada", "ben", "cleo", "course", "dana", "handshake", "mallory", "networking"]

# Two cores are shared by everything that runs: how long an example takes says nothing.
settings.register_profile("realtime", deadline=None)
settings.load_profile("realtime")

type Visit = Callable[..., Awaitable[Socket]]
type Sit = Callable[..., Awaitable[Typist]]


@pytest.fixture
async def rooms(transactional_db: None) -> AsyncIterator[Registry]:
    """The registry of the test's event loop. What it holds is stored and let go at the end."""
    yield registry()
    await registry().close()
    # The thread of sync_to_async keeps its connection: PostgreSQL would not let the test database go.
    await sync_to_async(connections.close_all)()


@pytest.fixture
async def visit(rooms: Registry, handshake: Note) -> AsyncIterator[Visit]:
    """`await visit(ben)`: Ben opens the note's socket, well or badly, or comes by plain requests; see Socket, Plain."""
    sockets: list[Socket] = []

    async def open_one(
        user: User | None, note: Note | str = handshake, *, session: str = "", plain: bool = False, **how: object
    ) -> Socket:
        path = note if isinstance(note, str) else path_of(note)
        door = Plain if plain else Socket
        socket = door(path, session or (await sign_in(user) if user else ""), **how)  # type: ignore[arg-type]
        sockets.append(socket)
        await socket.open()
        return socket

    yield open_one
    for socket in sockets:
        await socket.leave()


@pytest.fixture
def client_ids() -> Iterator[int]:
    return iter(range(1_000, 2_000))


@pytest.fixture
async def sit(rooms: Registry, handshake: Note, client_ids: Iterator[int]) -> AsyncIterator[Sit]:
    """`await sit(ben)`: Ben has the note open, with all its text; see Typist."""
    typists: list[Typist] = []

    async def sit_down(
        user: User,
        note: Note = handshake,
        *,
        session: str = "",
        writer: Writer | None = None,
        plain: bool = False,
        **how: object,
    ) -> Typist:
        writer = writer or Writer(next(client_ids))
        door = PlainTypist if plain else Typist
        typist = door(path_of(note), session or await sign_in(user), writer=writer, **how)
        typists.append(typist)
        await typist.open()
        return typist

    yield sit_down
    for typist in typists:
        await typist.leave()
