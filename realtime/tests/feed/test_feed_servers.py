"""The feed of real servers: across processes, across a lost hint, across kill -9."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from core.tests.servers import ADA, BEN, Serve, Server
from core.tests.services import Postgres, Redis
from realtime import protocol
from realtime.tests import said
from realtime.tests.writers import Writer

SECONDS = 20
CURSOR = re.compile(r'data-cursor="(\d+)"')

# A deed as a management command does it: in a process without sockets.
BEGIN = (
    "from notes.models import Notebook; from core.accounts.models import User; from notes.services import notes;"
    "notebook = Notebook.objects.get(title='Networking');"
    "print(notes.create(User.objects.get(email='ben@example.org'), notebook=notebook, title='{}', text='{}').public_id)"
)


@pytest.fixture
def join() -> Iterator[Callable[[Server, str, str], ClientConnection]]:
    """`join(server, ADA, "/ws/feed?topics=home")`"""
    with ExitStack() as stack:

        def enter(server: Server, email: str, path: str) -> ClientConnection:
            headers = {"Cookie": server.cookie(email)}
            origin: Any = server.url
            return stack.enter_context(connect(server.ws_url + path, additional_headers=headers, origin=origin))

        yield enter


def begin(server: Server, title: str, text: str = "") -> str:
    """Ben begins a note; returns its public id."""
    return server.manage("shell", "--no-imports", "-c", BEGIN.format(title, text)).strip().splitlines()[-1]


def hear(socket: ClientConnection, *words: str) -> str:
    """Everything that came until all the words had."""
    heard, until = "", time.monotonic() + SECONDS
    while not all(word in heard for word in words):
        heard += str(socket.recv(timeout=until - time.monotonic()))
    return heard


def until_closed(socket: ClientConnection) -> tuple[int, str]:
    """The close code (1006 without a goodbye), and what came before."""
    heard = ""
    while True:
        try:
            heard += str(socket.recv(timeout=SECONDS))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006, heard


def newest(heard: str) -> int:
    return max(map(int, CURSOR.findall(heard)))


def two(serve: Serve, postgres: Postgres, redis_url: str) -> tuple[Server, Server]:
    first = serve(postgres=postgres, redis_url=redis_url)
    return first, serve(beside=first, redis_url=redis_url)


@pytest.mark.slow
def test_nothing_is_missing_after_kill_9(serve: Serve, join: Any) -> None:
    """Nor what a management command did: nobody could send a hint of that, the patrol finds it."""
    server = serve()
    feed = join(server, ADA, "/ws/feed?topics=home")
    hear(feed, "#presence")
    begin(server, "Before")
    heard = hear(feed, "Before")
    server.kill()
    heard += until_closed(feed)[1]
    begin(server, "While away")
    server.start()
    begin(server, "After")
    again = join(server, ADA, f"/ws/feed?topics=home&after={newest(heard)}")
    came = hear(again, "While away", "After")
    assert came.index("While away") < came.index("After")
    assert came.count("<em>While away</em>") == 1
    assert "Before" not in came


@pytest.mark.slow
def test_a_stopping_server_asks_to_come_back(serve: Serve, join: Any) -> None:
    server = serve()
    feed = join(server, ADA, "/ws/feed?topics=home")
    hear(feed, "#presence")
    server.stop()
    assert until_closed(feed)[0] == 1012


@pytest.mark.slow
@pytest.mark.redis
@pytest.mark.postgres
def test_what_is_written_here_is_read_there(serve: Serve, join: Any, postgres: Postgres, redis_url: str) -> None:
    """Lines, people and the set page, from one process to the other."""
    here, there = two(serve, postgres, redis_url)
    feed = join(there, ADA, "/ws/feed?topics=home")
    hear(feed, "#presence")
    note = begin(here, "Across", "first")
    assert "Ben Okafor" in hear(feed, "Across")

    page = join(there, ADA, f"/ws/feed?topics=note:{note},reading:{note}")
    hear(page, "first")
    desk = join(here, BEN, f"/ws/notes/{note}")
    writer = Writer(77)
    desk.send(protocol.step_1({}))
    while not writer.text:
        name, *fields = said.read(bytes(desk.recv(timeout=SECONDS)))
        if name == "step 2":
            writer.hear(fields[0])
    assert "Ben Okafor" in hear(feed, "reads")
    desk.send(protocol.update(writer.append(" and second")))
    changed = hear(page, "first and second")
    assert 'hx-target="#block-1" hx-swap="outerMorph"' in changed
    assert 'class="block bar p' in changed
    assert "+11" in hear(feed, "+11")


@pytest.mark.slow
@pytest.mark.redis
@pytest.mark.postgres
def test_without_redis_lines_still_come(
    serve: Serve, join: Any, postgres: Postgres, redis_server: Redis, redis_url: str
) -> None:
    here, there = two(serve, postgres, redis_url)
    feed = join(there, ADA, "/ws/feed?topics=home")
    hear(feed, "#presence")
    redis_server.stop()
    try:
        begin(here, "Unheard of")
        hear(feed, "Unheard of")
    finally:
        redis_server.start()
    begin(here, "Heard again")
    hear(feed, "Heard again")
