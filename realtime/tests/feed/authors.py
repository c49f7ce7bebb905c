"""Somebody who writes in a note through a real note socket."""

from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from core.accounts.models import User
from core.asgi import application
from notes.models import Note
from realtime import protocol
from realtime.tests import said
from realtime.tests.client import hang_up
from realtime.tests.feed.pages import SECONDS, session_of
from realtime.tests.writers import Writer


class Author:
    def __init__(self, user: User, note: Note) -> None:
        self.user, self.note = user, note
        self.writer = Writer(1_000 + user.pk)
        self.socket: Any = None

    async def open(self) -> None:
        session = await sync_to_async(session_of)(self.user)
        self.socket = WebsocketCommunicator(
            application,
            f"/ws/notes/{self.note.public_id}",
            headers=[
                (b"origin", settings.ALLOWED_ORIGINS[0].encode()),
                (b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()),
            ],
            subprotocols=["commonplace.v1"],
        )
        connected, _ = await self.socket.connect(timeout=SECONDS)
        assert connected
        await self.socket.send_to(bytes_data=protocol.step_1({}))
        self.writer.hear((await self._hear("step 2"))[1])

    async def write(self, text: str, *, replacing: str = "", before: str = "") -> None:
        """At the end; or in place of a word, or before one. Returns when it is stored."""
        if replacing:
            update = self.writer.replace(self.writer.text.index(replacing), len(replacing), text)
        elif before:
            update = self.writer.insert(self.writer.text.index(before), text)
        else:
            update = self.writer.append(text)
        await self.socket.send_to(bytes_data=protocol.update(update))
        await self._hear("stored")

    async def leave(self) -> None:
        await hang_up(self.socket)

    async def _hear(self, name: str) -> said.Said:
        while True:
            heard = said.read(await self.socket.receive_from(timeout=SECONDS))
            if heard[0] == "update":
                self.writer.hear(heard[1])
            if heard[0] == name:
                return heard
