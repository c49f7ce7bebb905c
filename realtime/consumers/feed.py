"""The feed socket: /ws/feed?topics=...&after=<cursor>&bundle=<version>.

It sends pieces of pages (see fragments.py) and only listens.

A page is made up to a cursor, and comes here with it. First the socket hears everything new and keeps it back; then it
reads what the page has missed, sends that, and sends of what it kept back only what goes further. Nothing is missing,
and nothing comes twice.
"""

import asyncio
from typing import Any
from urllib.parse import parse_qs

import structlog
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.lib import bundle, correlation
from core.lib.ids import new_public_id
from realtime import auth, fragments, listening, metrics
from realtime.closing import Close, Closing
from realtime.feed import Feed, feed
from realtime.lines import Beginning, Line, beginning
from realtime.listening import Scope, Topics
from realtime.outbox import Outbox

logger = structlog.get_logger(__name__)

LINES_KEPT_BACK = 500
# A line that stands this near to the top is changed where it is; one from further down comes up again.
NEAR_TOP = 5
LINES_REMEMBERED = 30


class FeedConsumer(AsyncConsumer):  # type: ignore[misc]  # channels has no types
    """One connection, and the Listener that the feed knows."""

    # No channel layer per socket: the process has one subscription per topic (realtime/fanout.py).
    channel_layer_alias = "none"

    session_key: str
    topics: Topics
    rights: Scope

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._feed: Feed = feed()
        self._registry = self._feed.registry
        self.outbox: Outbox | None = None
        self.closing: Closing | None = None
        self.doubtful = True
        self.knocked = self.counted = False
        self._kept_back: list[Line] = []
        self._shown: list[int] = []  # activity ids as they stand on the page, newest first
        self._cursor = 0
        self._bundle = ""  # which scripts the page has
        self._begun = False
        self._gone = False
        self._asked_about = 0  # the cursor of a line of our own that we did not seem to see
        self._goodbye: asyncio.Task[None] | None = None
        self.socket = new_public_id()  # its name in the log
        correlation.begin(socket=self.socket)
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Not in disconnect(): Daphne does not call it after an exception, nor when the server stops.
            self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels would hop through its one synchronous thread for every frame to close old database connections.
        match message["type"]:
            case "websocket.receive":
                self.close(Close.BAD_FRAME, "this socket only listens")
            case "websocket.connect":
                await self._connect()
            case "websocket.disconnect":
                raise StopConsumer

    # --- Listener ------------------------------------------------------------------------------------------------

    def hear(self, line: Line) -> None:
        if self.doubtful:
            self._keep_back(line)
        elif line.cursor <= self._cursor:
            return
        elif self.rights.sees(line.path):
            if self.rights.asked_for(line.path, line.note_id):
                self._put(line)
        elif line.actor_id == self.rights.user.pk and line.cursor > self._asked_about:
            # Our own deed in a place we do not know: it may have made us a member.
            self._asked_about = line.cursor
            self._feed.ask(self)
            self._keep_back(line)

    def doubt(self) -> None:
        self.doubtful = True

    def stand(self, rights: Scope) -> None:
        self.rights = rights
        if self._begun and not self._gone:
            self.doubtful = False
            kept, self._kept_back = self._kept_back, []
            for line in kept:
                self.hear(line)
            self._feed.company.enter(self)
            for note_id in rights.reading:
                self._feed.readings.enter(self, note_id)

    def close(self, code: Close, reason: str) -> None:
        if self.closing is None and not self._gone:
            self.closing = Closing(code, reason)
            metrics.CLOSED.labels(code.slug).inc()
            logger.info("feed closed", code=code.slug, reason=reason, socket=self.socket)
            self._go()
            self._goodbye = asyncio.create_task(self._say_goodbye())

    async def closed(self) -> None:
        if self._goodbye is not None:
            await self._goodbye

    # --- Connecting ----------------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        self.session_key = auth.session_key(self.scope)
        await self.base_send({"type": "websocket.accept"})
        self.outbox = Outbox(self._send_text, self._registry.limits.socket_backlog_bytes, self.close)
        try:
            await self._enter()
        except Closing as closing:
            self.close(closing.code, closing.reason)
        except Exception:  # the edge of the process: the client is told to come back
            logger.exception("could not open a feed")
            self.close(Close.UNAVAILABLE, "the feed cannot be opened at present")

    async def _enter(self) -> None:
        """Raises Closing."""
        self.knocked = True
        self._registry.guests.knock(self._registry.limits)
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        self.topics = listening.parse(query.get("topics", [""])[0])
        after = _cursor(query.get("after", [""])[0])
        self._bundle = query.get("bundle", [""])[0]
        self.rights = await self._registry.pools.read(listening.scope_of, self.session_key, self.topics)
        if self._gone:
            return
        user_id = self.rights.user.pk
        structlog.contextvars.bind_contextvars(user=user_id)
        self._registry.guests.enter(user_id, self._registry.limits)
        self.counted = True
        await self._feed.enter(self)
        while not self._gone:
            rights = self.rights
            past = await self._registry.pools.read(beginning, rights, after, self.topics.feed)
            if rights is self.rights:  # else they were looked up again meanwhile
                self._begin(past)
                return

    def _begin(self, past: Beginning) -> None:
        self._cursor, self._shown = past.cursor, list(past.shown)
        if past.anew:
            self.send(past.anew.encode())
        for line in past.missed:
            self._put(line)
        if self._bundle not in ("", bundle.version()):
            self.send(_updated())
        self._begun = True
        if not self._feed.is_asking(self):  # else it is told when the answer is there
            self.stand(self.rights)

    # --- Sending -------------------------------------------------------------------------------------------------

    def _keep_back(self, line: Line) -> None:
        self._kept_back.append(line)
        if len(self._kept_back) > LINES_KEPT_BACK:
            self.close(Close.UNAVAILABLE, "it takes too long to find out what you may hear")

    def _put(self, line: Line) -> None:
        self._cursor = line.cursor
        if line.activity_id in self._shown[:NEAR_TOP]:
            self.send(line.in_place().encode())
            return
        self._shown = [line.activity_id, *(shown for shown in self._shown if shown != line.activity_id)]
        del self._shown[LINES_REMEMBERED:]
        self.send(line.on_top().encode())

    def send(self, frame: bytes) -> None:
        if self.outbox is not None:
            self.outbox.put(frame)

    async def _send_text(self, frame: bytes) -> None:
        await self.base_send({"type": "websocket.send", "text": frame.decode()})

    # --- Leaving -------------------------------------------------------------------------------------------------

    async def _say_goodbye(self) -> None:
        assert self.closing is not None
        assert self.outbox is not None
        await self.outbox.finish()
        try:
            # Daphne takes nothing but a plain int.
            code, reason = int(self.closing.code), self.closing.reason
            await self.base_send({"type": "websocket.close", "code": code, "reason": reason})
        except (asyncio.CancelledError, RuntimeError, OSError):
            logger.info("the client was gone before the goodbye")

    def _go(self) -> None:
        if not self._gone:
            self._gone = True
            self._feed.leave(self)
            self._feed.company.leave(self)
            self._feed.readings.leave(self)
            if self.counted:
                self._registry.guests.leave(self.rights.user.pk)
            if self.knocked:
                self._registry.guests.depart()

    def _leave(self) -> None:
        self._go()
        if self.outbox is not None and self.closing is None:
            self.outbox.drop()


def _updated() -> bytes:
    """The page was made by another version. Its scripts go on working, but for how long nobody can say."""
    html = SafeString(render_to_string("realtime/updated.html").strip())
    return fragments.piece("#updated", "innerHTML", html).encode()


def _cursor(text: str) -> int | None:
    """Raises Closing."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Closing(Close.BAD_FRAME, "after is not a number")
    return int(text)
