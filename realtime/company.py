"""Who else is here: the list of people on a live page, and how many are in each notebook of the sidebar."""

import asyncio
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.accounts.models import User
from notes.models import Note
from realtime import fragments, whereabouts
from realtime.listening import Scope
from realtime.registry import Registry
from realtime.whereabouts import Whereabout

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.2  # people come in groups: a lesson begins, a server restarts
LOOK_SECONDS = 5.0  # reports run out without a word, and notes move
COUNTS = "[data-live-notebook]"


@dataclass(frozen=True, slots=True)
class Place:
    """A note that somebody has open."""

    note_id: int
    public_id: str
    title: str
    notebook: str  # public id
    path: tuple[int, ...]

    @property
    def url(self) -> str:
        return f"/notes/{self.public_id}/"


def places_of(note_ids: Collection[int]) -> dict[int, Place]:
    notes = Note.objects.alive().filter(pk__in=note_ids).select_related("notebook")
    return {
        note.pk: Place(note.pk, note.public_id, note.title, note.notebook.public_id, tuple(note.notebook.ancestor_ids))
        for note in notes
    }


class Guest(Protocol):
    """A feed socket that has been told its past."""

    rights: Scope

    def send(self, frame: bytes) -> None: ...


@dataclass(slots=True)
class _Told:
    """What a page shows, as far as we have told it; None: not told yet, it may show anything."""

    people: str | None = None
    count: int | None = None
    counts: dict[str, int] | None = None


class Company:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._guests: dict[Guest, _Told] = {}
        self._stir = asyncio.Event()
        self._places: dict[int, Place] = {}
        self._rows: dict[tuple[Whereabout, Place, bool], SafeString] = {}

    async def run(self) -> None:
        await self._registry.fanout.subscribe(whereabouts.TOPIC, lambda _: self._stir.set())
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stir.wait()
                await asyncio.sleep(GATHER_SECONDS)
            except TimeoutError:
                pass
            self._stir.clear()
            try:
                await self._look_around()
            except Exception:  # the database is away, or a name cannot be set: the next look finds out
                logger.exception("could not tell who is here")

    def enter(self, guest: Guest) -> None:
        """Also to be called when what the guest may see has changed."""
        self._guests.setdefault(guest, _Told())
        self._stir.set()

    def leave(self, guest: Guest) -> None:
        self._guests.pop(guest, None)

    async def _look_around(self) -> None:
        if not self._guests:
            self._places, self._rows = {}, {}
            return
        self._places = await self._registry.pools.read(places_of, self._registry.whereabouts.notes())
        everybody = [(who, self._places[who.note_id]) for who in self._registry.whereabouts.of(self._places)]
        for guest, told in list(self._guests.items()):
            news = self._news(guest.rights, told, everybody)
            if news:
                guest.send(news.encode())
        present = set(everybody)
        self._rows = {key: row for key, row in self._rows.items() if key[:2] in present}

    def _news(self, rights: Scope, told: _Told, everybody: Iterable[tuple[Whereabout, Place]]) -> str:
        others = [
            (who, place) for who, place in everybody if who.person.user_id != rights.user.pk and rights.sees(place.path)
        ]
        near = [(who, place) for who, place in others if rights.asked_for(place.path, place.note_id)]
        return "".join(
            (
                self._people(rights, told, near),
                _count(told, len({who.person.user_id for who, _ in near})),
                _counts(told, others),
            )
        )

    def _people(self, rights: Scope, told: _Told, near: list[tuple[Whereabout, Place]]) -> str:
        rows = [self._row(who, place, here=place.note_id in rights.notes) for who, place in near]
        people = "".join(rows) or render_to_string("realtime/nobody.html")
        if people == told.people:
            return ""
        told.people = people
        return fragments.piece("#presence", "innerMorph", SafeString(people))

    def _row(self, who: Whereabout, place: Place, *, here: bool) -> SafeString:
        key = (who, place, here)
        if key not in self._rows:
            # Never saved: the templates know how to show a User.
            person = User(public_id=who.person.public_id, display_name=who.person.name, colour=who.person.colour)
            context = {"person": person, "place": place, "writing": who.writing, "here": here}
            self._rows[key] = render_to_string("realtime/person.html", context)
        return self._rows[key]


def _count(told: _Told, count: int) -> str:
    if count == told.count:
        return ""
    told.count = count
    return fragments.piece("#presence-count", "innerHTML", _number(count))


def _counts(told: _Told, others: Iterable[tuple[Whereabout, Place]]) -> str:
    """How many people are in each notebook's own notes."""
    people: dict[str, set[int]] = {}
    for who, place in others:
        people.setdefault(place.notebook, set()).add(who.person.user_id)
    counts = {notebook: len(users) for notebook, users in people.items()}
    before, told.counts = told.counts, counts
    pieces = [] if before is not None else [fragments.piece(COUNTS, "innerHTML")]
    for notebook in sorted(counts.keys() | (before or {}).keys()):
        count = counts.get(notebook, 0)
        if count != (before or {}).get(notebook, 0):
            where = f'[data-live-notebook="{notebook}"]'
            pieces.append(fragments.piece(where, "innerHTML", _number(count, quiet=True)))
    return "".join(pieces)


def _number(count: int, **context: Any) -> SafeString:
    return SafeString(render_to_string("realtime/count.html", {"count": count, **context}).strip())
