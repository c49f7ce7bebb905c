"""Who has which note open, in all processes: for the lists on live pages."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from realtime.fanout import Fanout
from realtime.presence import LEASE_SECONDS, Person
from realtime.room import Phase, Room

TOPIC = "whereabouts"
WRITING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Whereabout:
    """Somebody has a note open, and wrote in it within the last WRITING_SECONDS, or not."""

    person: Person
    note_id: int
    writing: bool


@dataclass(slots=True)
class _Report:
    """What one process says of one note."""

    people: tuple[Whereabout, ...]
    expires: float


class Whereabouts:
    """Every process reports its own rooms, when something changes and before a report runs out."""

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._reports: dict[tuple[str, int], _Report] = {}

    async def start(self) -> None:
        await self._fanout.subscribe(TOPIC, self._hear)

    def update(self, room: Room, *, renew: bool = False) -> None:
        """Says who is in our room now, if that is news (or the report must be renewed)."""
        people = _people(room)
        key = (self._fanout.process, room.note_id)
        known = self._reports.get(key)
        if not renew and people == (known.people if known else ()):
            return
        message = {
            "process": self._fanout.process,
            "note": room.note_id,
            "people": [
                [who.person.user_id, who.person.public_id, who.person.name, who.person.colour, who.writing]
                for who in people
            ],
        }
        self._fanout.publish(TOPIC, message)

    def notes(self) -> set[int]:
        """Where anybody is."""
        now = time.monotonic()
        return {note_id for (_, note_id), report in self._reports.items() if report.expires > now}

    def of(self, note_ids: Iterable[int]) -> list[Whereabout]:
        """Who is in these notes, each person once per note; who writes there comes first."""
        wanted, now = set(note_ids), time.monotonic()
        found: dict[tuple[int, int], Whereabout] = {}
        for (_, note_id), report in self._reports.items():
            if note_id in wanted and report.expires > now:
                for who in report.people:
                    key = (note_id, who.person.user_id)
                    if key not in found or who.writing:
                        found[key] = who
        return sorted(found.values(), key=lambda who: (not who.writing, who.person.name))

    def forget_expired(self) -> None:
        now = time.monotonic()
        for key in [key for key, report in self._reports.items() if report.expires < now]:
            del self._reports[key]

    def _hear(self, message: dict[str, Any]) -> None:
        key = (message["process"], message["note"])
        people = tuple(
            Whereabout(Person(user_id, public_id, name, colour), message["note"], writing)
            for user_id, public_id, name, colour, writing in message["people"]
        )
        if people:
            self._reports[key] = _Report(people, time.monotonic() + LEASE_SECONDS)
        else:
            self._reports.pop(key, None)


def _people(room: Room) -> tuple[Whereabout, ...]:
    if room.phase is Phase.CLOSED:
        return ()
    since = time.monotonic() - WRITING_SECONDS
    people = {member.person.user_id: member.person for member in room.members}
    return tuple(
        Whereabout(person, room.note_id, room.wrote.get(user_id, 0.0) > since) for user_id, person in people.items()
    )
