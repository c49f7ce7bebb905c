"""The feed of one process: reads each new line once, renders it once, and hands it to every socket that wants it.

What comes over the fanout is only a hint that there is something to read. Lines are read in the order of their cursors,
and cursors become visible in their order (notes/services/activity.py), so nothing is skipped and nothing comes twice,
whatever becomes of the hints.
"""

import asyncio
import logging
from collections.abc import Collection, Coroutine
from contextvars import Context
from typing import Any, Protocol

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.lib import shutdown
from core.lib.redaction import told
from notes.events import ActivityRecorded, NoteRenamed, subscribe
from realtime import exports, fragments, listening, topics
from realtime.closing import Close, Closing
from realtime.company import Company
from realtime.lines import Line, lines_after, newest_cursor
from realtime.listening import Scope, Topics
from realtime.reading import Readings
from realtime.registry import Registry, registry

logger = logging.getLogger(__name__)

HINTS = "feed"  # {}: there are new lines
TITLES = "titles"  # {"note": primary key, "title": ...}
PATROL_SECONDS = 5.0  # how long a lost hint may go unnoticed
RIGHTS_SECONDS = 60.0
GATHER_SECONDS = 0.02  # lines that come together are read together
GOODBYE_SECONDS = 2.0


def connect() -> None:
    """Called once, when Django is ready."""
    subscribe(ActivityRecorded, lambda _: topics.tell(HINTS, {}))
    exports.connect()
    subscribe(NoteRenamed, lambda event: topics.tell(TITLES, {"note": event.note_id, "title": event.title}))


class Listener(Protocol):
    """A feed socket. `doubtful`: what it may hear is being looked up; it keeps lines back until `stand`."""

    session_key: str
    topics: Topics
    rights: Scope
    doubtful: bool

    def hear(self, line: Line) -> None: ...

    def send(self, frame: bytes) -> None: ...

    def doubt(self) -> None: ...

    def stand(self, rights: Scope) -> None: ...

    def close(self, code: Close, reason: str) -> None: ...

    async def closed(self) -> None:
        """Waits until the goodbye is said."""
        ...


class Feed:
    """Belongs to one event loop; see `feed()`."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.listeners: dict[Listener, None] = {}
        self._cursor: int | None = None  # up to here everything has been handed out; None: nobody listens
        self._news = asyncio.Event()
        self._beginning = asyncio.Lock()
        self.company = Company(registry)
        self.readings = Readings(registry, self.spawn)
        self._asking: dict[Listener, bool] = {}  # True: something changed again meanwhile
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def start(self) -> None:
        self.spawn(self._subscribe())
        self.spawn(self._read_forever())
        self.spawn(self._ask_everybody_forever())
        self.spawn(self.company.run())

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        # In a context of its own: else every line that it logs would bear the id of the socket that came first.
        task = asyncio.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Tells every socket to come back, and stops."""
        self._closing = True
        listeners = list(self.listeners)
        for listener in listeners:
            listener.close(Close.RESTARTING, "the server restarts")
        goodbyes = [asyncio.ensure_future(listener.closed()) for listener in listeners]
        if goodbyes:
            await asyncio.wait(goodbyes, timeout=GOODBYE_SECONDS)
        for task in list(self._tasks):
            task.cancel()

    # --- Coming and going ----------------------------------------------------------------------------------------

    async def enter(self, listener: Listener) -> None:
        """Once this returns the listener hears every line. It must be doubtful: its past is sent first.

        Raises Closing.
        """
        if self._closing:
            raise Closing(Close.RESTARTING, "the server restarts")
        self.listeners[listener] = None
        async with self._beginning:
            if self._cursor is None:
                newest = await self.registry.pools.read(newest_cursor)
                self._cursor = newest if self.listeners else None

    def leave(self, listener: Listener) -> None:
        self.listeners.pop(listener, None)
        if not self.listeners:
            self._cursor = None

    # --- Lines ---------------------------------------------------------------------------------------------------

    async def _subscribe(self) -> None:
        fanout = self.registry.fanout
        await asyncio.gather(
            fanout.subscribe(HINTS, lambda _: self._news.set()),
            fanout.subscribe(TITLES, self._renamed),
            fanout.subscribe(topics.ACCESS, self._access_changed),
            fanout.subscribe(topics.PEOPLE, self._person_changed),
            exports.listen(self),
        )

    async def _read_forever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(PATROL_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                pass
            else:
                await asyncio.sleep(GATHER_SECONDS)
            self._news.clear()
            try:
                await self._hand_out()
            except Exception:  # the database is away; the patrol tries again
                logger.exception("could not read the feed")

    async def _hand_out(self) -> None:
        while self._cursor is not None:
            before = self._cursor
            news = await self.registry.pools.read(lines_after, before, self._wanted())
            if self._cursor != before:
                return  # everybody went away meanwhile; who came since has begun further on
            self._cursor = news.cursor
            for line in news.lines:
                for listener in list(self.listeners):
                    listener.hear(line)
            if not news.more:
                return

    def _wanted(self) -> Any:
        """Asked in a thread, about the listeners of this moment."""
        scopes = [(listener.rights, listener.doubtful) for listener in self.listeners]

        def wanted(path: Collection[int], note_id: int | None, actor_id: int | None) -> bool:
            return any(
                doubtful or scope.user.pk == actor_id or (scope.asked_for(path, note_id) and scope.sees(path))
                for scope, doubtful in scopes
            )

        return wanted

    def _renamed(self, message: dict[str, Any]) -> None:
        frame = render_to_string("realtime/renamed.html", {"title": message["title"]}).strip().encode()
        for listener in self.listeners:
            if message["note"] in listener.rights.notes and not listener.doubtful:
                listener.send(frame)

    # --- Rights --------------------------------------------------------------------------------------------------

    def _access_changed(self, message: dict[str, Any]) -> None:
        for listener in list(self.listeners):
            if listener.rights.concerns(message["notes"], message["notebooks"]):
                self.ask(listener)
            if not listener.rights.notebooks.isdisjoint(message["notebooks"]):
                listener.send(_people_changed())
        self.spawn(self._ask_new_members(message["notebooks"]))

    async def _ask_new_members(self, notebook_ids: Collection[int]) -> None:
        """They were in none of these before, so nothing in their scopes says that this concerns them."""
        if notebook_ids and self.listeners:
            users = await self.registry.pools.read(listening.members_of, notebook_ids)
            for listener in list(self.listeners):
                if listener.rights.user.pk in users and listener.rights.member_of.isdisjoint(notebook_ids):
                    self.ask(listener)

    def _person_changed(self, message: dict[str, Any]) -> None:
        for listener in list(self.listeners):
            if listener.rights.user.pk == message["user"]:
                self.ask(listener)

    async def _ask_everybody_forever(self) -> None:
        while True:
            await asyncio.sleep(RIGHTS_SECONDS)
            for listener in list(self.listeners):
                if listener not in self._asking:
                    await self._ask(listener)

    def ask(self, listener: Listener) -> None:
        """What the listener may hear may have changed: it keeps lines back until that is known."""
        listener.doubt()
        if listener in self._asking:
            self._asking[listener] = True
        else:
            self._asking[listener] = False
            self.spawn(self._ask(listener))

    def is_asking(self, listener: Listener) -> bool:
        return listener in self._asking

    async def _ask(self, listener: Listener) -> None:
        again = True
        while again:
            self._asking[listener] = False
            try:
                await self._look_up(listener)
            finally:
                again = self._asking.pop(listener)

    async def _look_up(self, listener: Listener) -> None:
        try:
            scope = await self.registry.pools.read(listening.scope_of, listener.session_key, listener.topics)
        except Closing as closing:
            gone = closing.code is Close.NOT_FOUND
            listener.close(Close.NOT_ALLOWED if gone else closing.code, closing.reason)
        except Exception as error:  # noqa: BLE001  # the database is away
            logger.warning("could not ask for rights: %s", told(error))
            if listener.doubtful:
                listener.close(Close.UNAVAILABLE, "the database does not answer")
        else:
            if not self._asking[listener]:
                self._let_stand(listener, scope)

    def _let_stand(self, listener: Listener, scope: Scope) -> None:
        try:
            listener.stand(scope)
        except Exception:  # else it would keep its lines back for ever, and nobody would ask for it again
            logger.exception("a feed socket failed")
            listener.close(Close.UNAVAILABLE, "the feed cannot go on at present")


def _people_changed() -> bytes:
    news = SafeString(render_to_string("realtime/people.html").strip())
    return fragments.piece("#people-news", "innerHTML", news).encode()


_feeds: dict[asyncio.AbstractEventLoop, Feed] = {}


def feed() -> Feed:
    """The feed of the running event loop, like `registry()`."""
    loop = asyncio.get_running_loop()
    found = _feeds.get(loop)
    if found is None:
        for other in [other for other in _feeds if other.is_closed()]:
            del _feeds[other]
        found = _feeds[loop] = Feed(registry())
        found.start()
        shutdown.before_exit(found.close)
    return found
