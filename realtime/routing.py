"""Which socket is served by whom, and which request by something else than Django."""

import re
from typing import Any

from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import re_path

from realtime.consumers.feed import FeedConsumer
from realtime.consumers.note import NoteConsumer

urls = URLRouter(
    [
        re_path(r"^ws/feed/?$", FeedConsumer.as_asgi()),
        re_path(r"^ws/notes/(?P<note_id>[a-z0-9]{1,32})/?$", NoteConsumer.as_asgi()),
        # Without it a wrong address is an exception and a 500.
        re_path(r"", WebsocketDenier.as_asgi()),
    ]
)

PLAIN = re.compile(r"/sync/notes/(?P<note_id>[a-z0-9]{1,32})/?")


class Requests:
    """Plain requests to notes go to one application, all else to another.

    Not a URLRouter, which fails on a `root_path` that a client made up.
    """

    def __init__(self, plain: Any, others: Any) -> None:
        self._plain, self._others = plain, others

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if match := PLAIN.fullmatch(scope["path"]):
            await self._plain(dict(scope, url_route={"kwargs": match.groupdict()}), receive, send)
        else:
            await self._others(scope, receive, send)
