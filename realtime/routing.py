"""Which socket is served by whom."""

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
