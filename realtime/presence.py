"""Who is in a room and where their cursors are. Nothing a client says of itself is believed but its cursor."""

import json
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from notes.documents import ROOT
from realtime.protocol import MAX_AWARENESS_BYTES, MAX_CLIENT_ID, MAX_CLOCK, AwarenessEntry, MalformedError

LEASE_SECONDS = 30.0
LEFT = "null"
to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Person:
    """What others see of a user."""

    user_id: int
    public_id: str
    name: str
    colour: int


@dataclass(slots=True)
class Presence:
    """One client id in a room. `here` tells whether it is a member of this process's room."""

    person: Person
    client_id: int
    cursor: Any
    clock: int
    expires: float
    here: bool

    def entry(self) -> AwarenessEntry:
        state = f'{{"user":{_stamp(self.person)},"cursor":{to_json(self.cursor)}}}'
        return AwarenessEntry(self.client_id, self.clock, state)


@lru_cache(maxsize=1024)
def _stamp(person: Person) -> str:
    """What the server says of somebody, with every move of theirs."""
    return to_json({"id": person.public_id, "name": person.name, "colour": person.colour})


def cursor_of(state: str) -> Any:
    """The cursor in a client's state, None if it has none. Raises MalformedError."""
    if len(state.encode()) > MAX_AWARENESS_BYTES:
        raise MalformedError("awareness state too large")
    try:
        value = json.loads(state)
    except (ValueError, RecursionError):
        raise MalformedError("awareness state is not JSON") from None
    cursor = value.get("cursor") if isinstance(value, dict) else None
    if not isinstance(cursor, dict):
        return None
    ends = {end: _position(cursor.get(end)) for end in ("anchor", "head")}
    return ends if all(ends.values()) else None


def _position(position: Any) -> Any:
    """A relative position in the note's text as Yjs writes it to JSON, rebuilt so that nothing else travels along.

    What is kept is sent to everybody, also through other processes: a string that is no UTF-8 (JSON can spell half of a
    surrogate pair) or a number without end would break not one connection but the sender. And Yjs throws, in the
    browser of whoever sees it, at a position that is nowhere or has a negative clock.
    """
    if not isinstance(position, dict) or position.get("tname") != ROOT:
        return None
    item, assoc = position.get("item"), position.get("assoc")
    place = _place(item)
    if item is not None and place is None:
        return None
    return {"type": None, "tname": ROOT, "item": place, "assoc": -1 if type(assoc) is int and assoc < 0 else 0}


def _place(place: Any) -> Any:
    """The id of a unit of text."""
    if not isinstance(place, dict):
        return None
    client, clock = place.get("client"), place.get("clock")
    fit = type(client) is int and 0 <= client <= MAX_CLIENT_ID and type(clock) is int and 0 <= clock <= MAX_CLOCK
    return {"client": client, "clock": clock} if fit else None


class Presences:
    """All client ids in one room, here and in other processes.

    Clocks are the server's own and grow with wall time, so that a client id that comes back, perhaps to another
    process, is newer than what others remember of it.
    """

    def __init__(self) -> None:
        self._of: dict[int, Presence] = {}
        self._last_clock = 0

    def __len__(self) -> int:
        return len(self._of)

    def get(self, client_id: int) -> Presence | None:
        return self._of.get(client_id)

    def is_here(self, client_id: int) -> bool:
        presence = self._of.get(client_id)
        return presence is not None and presence.here

    def here(self) -> list[Presence]:
        return [presence for presence in self._of.values() if presence.here]

    def people(self) -> list[Person]:
        """Everybody present, each once, in the order of their coming."""
        return list({presence.person.user_id: presence.person for presence in self._of.values()}.values())

    def entries(self, *, but: int | None = None) -> list[AwarenessEntry]:
        return [presence.entry() for client_id, presence in self._of.items() if client_id != but]

    def put(self, person: Person, client_id: int, cursor: Any, *, here: bool = True, clock: int = 0) -> AwarenessEntry:
        """A client is here, or moved. Returns what the others must be told."""
        known = self._of.get(client_id)
        # The clock of another process may be ahead of ours.
        clock = clock or max(self._next_clock(), known.clock + 1 if known else 0)
        presence = Presence(person, client_id, cursor, clock, time.monotonic() + LEASE_SECONDS, here)
        self._of[client_id] = presence
        return presence.entry()

    def renew(self, client_id: int) -> None:
        if presence := self._of.get(client_id):
            presence.expires = time.monotonic() + LEASE_SECONDS

    def remove(self, client_id: int) -> AwarenessEntry | None:
        presence = self._of.pop(client_id, None)
        if presence is None:
            return None
        return AwarenessEntry(client_id, max(presence.clock + 1, self._next_clock()), LEFT)

    def _next_clock(self) -> int:
        self._last_clock = max(self._last_clock + 1, time.time_ns() // 1_000_000)
        return self._last_clock

    def expire(self, now: float) -> list[AwarenessEntry]:
        """Takes out those of other processes whose lease ran out: their process may be dead."""
        gone = [client_id for client_id, presence in self._of.items() if not presence.here and presence.expires < now]
        return [entry for client_id in gone if (entry := self.remove(client_id))]
