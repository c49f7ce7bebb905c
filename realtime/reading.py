"""The set page of a note, alive: while somebody reads, each burst of edits is set once per process, and every reader is
sent the blocks that changed. A reader holds the room open without being a member of it.
"""

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from notes.markdown import Block, Rendered, render_safely_async
from notes.markdown.rendered import Trouble, block_id
from realtime import marks
from realtime.blocks import Change, Delete, Insert, Placed, Step, arrange, steps
from realtime.closing import Close, Closing
from realtime.fragments import piece
from realtime.marks import Touched
from realtime.registry import Registry
from realtime.room import Phase, Room

logger = logging.getLogger(__name__)

QUIET_SECONDS = 0.15  # a burst ends with a pause of this length,
BURST_SECONDS = 0.5  # or after this
REST = 2  # how many times as long as setting it took a page rests before it is set again
TROUBLE_SECONDS = 10.0  # a page that cannot be set is not tried at every keystroke
MARK_SECONDS = 4.0  # how long a block bears the bar of who changed it
LOOK_SECONDS = 2.0  # how soon a closed room is noticed
READERS_PER_NOTE = 1_000
PLACE = "#preview"


class Reader(Protocol):
    """A feed socket that was allowed to read the note."""

    def send(self, frame: bytes) -> None: ...

    def close(self, code: Close, reason: str) -> None: ...


class Readings:
    """One for each note that is being read in this process."""

    def __init__(self, registry: Registry, spawn: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]) -> None:
        self._registry, self._spawn = registry, spawn
        self._of: dict[int, Reading] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def enter(self, reader: Reader, note_id: int) -> None:
        """The reader is sent the whole page, then what changes. Does nothing for one who reads it already."""
        reading = self._of.get(note_id)
        if reading is None:
            reading = self._of[note_id] = Reading(self._registry, note_id)
            self._tasks[note_id] = self._spawn(reading.run())
        reading.enter(reader)

    def leave(self, reader: Reader) -> None:
        for note_id, reading in list(self._of.items()):
            reading.readers.pop(reader, None)
            if not reading.readers:
                del self._of[note_id]
                self._tasks.pop(note_id).cancel()


class Reading:
    """One note's page and who reads it."""

    def __init__(self, registry: Registry, note_id: int) -> None:
        self.readers: dict[Reader, None] = {}
        self._registry = registry
        self._note_id = note_id
        self._page: list[Placed] | None = None  # as the readers have it
        self._outline = ""
        self._text = ""  # as of the latest change in the room
        self._touched: list[Touched] = []
        self._bars: dict[int, tuple[str, float]] = {}  # block number -> classes, until when
        self._numbers = itertools.count(1)
        self._seen = 0.0  # up to when we know who wrote
        self._comparing = False
        self._changed = asyncio.Event()

    def enter(self, reader: Reader) -> None:
        if reader in self.readers:
            return
        if len(self.readers) >= READERS_PER_NOTE:
            reader.close(Close.TOO_MANY, f"at most {READERS_PER_NOTE} readers of a note")
            return
        self.readers[reader] = None
        if self._page is not None:
            reader.send(self._whole())

    # --- Life ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until nobody reads any more: then it is cancelled."""
        try:
            while True:
                await self._hold(await self._registry.enter(self._note_id))
        except Closing as closing:
            self._turn_away(closing)
        except Exception:  # the edge of a background task: the readers come back to a fresh one
            logger.exception("could not set note %d for its readers", self._note_id)
            self._turn_away(Closing(Close.UNAVAILABLE, "the page cannot be set at present"))

    async def _hold(self, room: Room) -> None:
        room.holds += 1
        room.on_shown.append(self._shown)
        try:
            await self._follow(room)
        finally:
            room.on_shown.remove(self._shown)
            room.holds -= 1
            room.idle_since = time.monotonic()

    def _turn_away(self, closing: Closing) -> None:
        for reader in list(self.readers):
            reader.close(closing.code, closing.reason)

    async def _follow(self, room: Room) -> None:
        """Sets the page again and again. Returns when the room was closed: there may be another, or none."""
        self._text, self._touched = room.projection.text(), []
        self._seen = max(room.wrote.values(), default=0.0)
        self._changed.set()
        while room.phase is not Phase.CLOSED:
            if self._changed.is_set():
                started = time.monotonic()
                trouble = await self._set(room)
                took = time.monotonic() - started
                await asyncio.sleep(TROUBLE_SECONDS if trouble else REST * took)
            try:
                async with asyncio.timeout(self._patience()):
                    await self._changed.wait()
                await self._end_of_burst()
            except TimeoutError:
                self._show(None)

    async def _end_of_burst(self) -> None:
        deadline = time.monotonic() + BURST_SECONDS - QUIET_SECONDS
        while time.monotonic() < deadline:
            self._changed.clear()
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                break
        self._changed.set()

    def _patience(self) -> float:
        """Until the next bar runs out, or the room must be looked at."""
        next_bar = min((until for _, until in self._bars.values()), default=float("inf"))
        return max(0.0, min(LOOK_SECONDS, next_bar - time.monotonic()))

    # --- What changes --------------------------------------------------------------------------------------------

    def _shown(self, room: Room) -> None:
        """The room shows something new. Looked at once for all that it shows in this turn of the loop."""
        if not self._comparing:
            self._comparing = True
            asyncio.get_running_loop().call_soon(self._compare, room)

    def _compare(self, room: Room) -> None:
        self._comparing = False
        before, self._text = self._text, room.projection.text()
        authors = [user_id for user_id, at in room.wrote.items() if at > self._seen]
        self._seen = max(room.wrote.values(), default=self._seen)
        edit = marks.edit_between(before, self._text)
        if edit is not None:
            self._touched = marks.follow(self._touched, edit, authors)
            self._changed.set()

    async def _set(self, room: Room) -> Trouble:
        """Sets the page as it is now and shows it. Returns what kept it from being set."""
        self._changed.clear()
        text, touched = self._text, self._touched
        self._touched = []
        # Not kept: the next keystroke makes another page of it.
        rendered = await render_safely_async(text, keep=False)
        if rendered.trouble == "busy" and self._page is not None:
            self._changed.set()  # what the readers have is better than plain text
            return "busy"
        arranged = arrange(self._page or [], rendered.blocks, self._numbers)
        self._draw_bars(room, arranged, touched)
        self._show(arranged, _outline_of(rendered))
        return rendered.trouble

    def _draw_bars(self, room: Room, page: list[Placed], touched: list[Touched]) -> None:
        here = [who.person for who in self._registry.whereabouts.of([self._note_id])]  # in every process
        colours = {person.user_id: person.colour for person in (*here, *(member.person for member in room.members))}
        until = time.monotonic() + MARK_SECONDS
        for touch in touched:
            if touch.user_id in colours:
                for placed in page:
                    if _meet(placed.block, touch):
                        self._bars[placed.number] = (f"bar p{colours[touch.user_id]}", until)

    # --- What readers are sent -----------------------------------------------------------------------------------

    def _show(self, page: list[Placed] | None, outline: str | None = None) -> None:
        """Sends the difference to a new page (None: the same blocks), with the bars of this moment."""
        now = time.monotonic()
        self._bars = {number: bar for number, bar in self._bars.items() if bar[1] > now}
        before = self._page
        blocks = before or [] if page is None else page
        after = [Placed(each.number, each.block, self._bars.get(each.number, ("", 0.0))[0]) for each in blocks]
        self._page = after
        if page is None and before is None:
            return
        if not before or not after:
            message = "" if before == after else _page_piece(after)
        else:
            message = "".join(map(_step_piece, steps(before, after)))
        if outline is not None and outline != self._outline:
            self._outline = outline
            message += _outline_piece(outline)
        if message:
            frame = message.encode()
            for reader in list(self.readers):
                reader.send(frame)

    def _whole(self) -> bytes:
        return (_page_piece(self._page or []) + _outline_piece(self._outline)).encode()


def _meet(block: Block, touch: Touched) -> bool:
    return block.lines > 0 and block.first_line <= touch.last and touch.first < block.first_line + block.lines


def _outline_of(rendered: Rendered) -> str:
    return render_to_string("notes/components/outline.html", {"outline": rendered.outline}).strip()


def _outline_piece(outline: str) -> str:
    return piece("#outline", "outerMorph", SafeString(outline))


def _page_piece(page: list[Placed]) -> str:
    html = "\n".join(placed.html for placed in page) or render_to_string("realtime/blank.html").strip()
    return piece(PLACE, "innerMorph", SafeString(html))


def _step_piece(step: Step) -> str:
    match step:
        case Change(placed):
            return piece(f"#{block_id(placed.number)}", "outerMorph", SafeString(placed.html))
        case Insert(after, placed):
            html = SafeString("\n".join(each.html for each in placed))
            if after is None:
                return piece(PLACE, "afterbegin", html)
            return piece(f"#{block_id(after)}", "afterend", html)
        case Delete(number):
            return piece(f"#{block_id(number)}", "delete")
