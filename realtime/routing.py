"""Which socket is served by whom."""

from channels.routing import URLRouter
from django.urls import re_path

from realtime.consumers.note import NoteConsumer

urls = URLRouter(
    [
        re_path(r"^ws/notes/(?P<note_id>[a-z0-9]{1,32})/?$", NoteConsumer.as_asgi()),
    ]
)
