"""A page with a feed socket, as far as the tests care: it takes in what the socket sends, as htmx does."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from core.accounts.models import User
from core.asgi import application
from realtime.feed import feed
from realtime.listening import parse
from realtime.tests.client import hang_up, until

PIECE = re.compile(r'<hx-partial hx-target="([^"]*)" hx-swap="(\w+)">(.*?)</hx-partial>', re.DOTALL)
ROW = re.compile(r'<li id="(activity-\d+)" data-cursor="(\d+)">(.*?)</li>', re.DOTALL)
SECONDS = 5


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


class Page:
    """`rows` are the lines of #feed as (id, cursor, text), from the top, and `heard` the messages that brought them;
    `places` is what was put anywhere else.
    """

    def __init__(self, session: str, topics: str, after: int | None, **more: str) -> None:
        self.topics = topics
        query = {"topics": topics, **more} | ({} if after is None else {"after": str(after)})
        headers = [(b"origin", settings.ALLOWED_ORIGINS[0].encode())]
        if session:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
        self.socket = WebsocketCommunicator(application, f"/ws/feed?{urlencode(query)}", headers=headers)
        self.rows: list[tuple[str, int, str]] = []
        self.places: dict[str, str] = {}
        self.heard: list[str] = []
        self.closed: int | None = None
        self.take: Callable[[str], None] = lambda text: None  # what else looks at each message

    async def open(self) -> None:
        connected, _ = await self.socket.connect(timeout=SECONDS)
        assert connected

    async def listening(self) -> None:
        """Waits until the feed knows it and it has been sent its past."""
        topics = parse(self.topics)
        await until(lambda: any(each.topics == topics and not each.doubtful for each in feed().listeners), "listening")

    async def leave(self) -> None:
        if self.closed is None:
            await hang_up(self.socket)

    async def next(self) -> None:
        """Waits for one message and takes it in."""
        message = await self.socket.receive_output(timeout=SECONDS)
        if message["type"] == "websocket.close":
            self.closed = message["code"]
            return
        if "#activity-" in message["text"] or "#feed" in message["text"]:
            self.heard.append(message["text"])
        self.take(message["text"])
        for place, how, html in PIECE.findall(message["text"]):
            self._put(unescape(place), how, html)

    async def until(self, condition: Any) -> None:
        """Takes in messages until the condition holds; fails when none comes any more."""
        while not condition():
            assert self.closed is None, f"closed with {self.closed}"
            await self.next()

    async def until_closed(self) -> int:
        while self.closed is None:
            await self.next()
        return self.closed

    @property
    def newest(self) -> int:
        """The cursor that the page would come back with."""
        return max((cursor for _, cursor, _ in self.rows), default=0)

    def texts(self) -> list[str]:
        return [text for _, _, text in self.rows]

    def _put(self, place: str, how: str, html: str) -> None:
        rows = [(row_id, int(cursor), _text(inside)) for row_id, cursor, inside in ROW.findall(html)]
        if place == "#feed":
            self.rows = rows + self.rows if how == "afterbegin" else rows
        elif place.startswith("#activity-"):
            at = [index for index, row in enumerate(self.rows) if f"#{row[0]}" == place]
            for index in at:
                self.rows[index : index + 1] = rows
        else:
            self.places[place] = html


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
