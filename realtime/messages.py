"""What processes tell each other about a note, over the fanout: hints that the log can always replace."""

import time
from typing import TYPE_CHECKING, Any

from realtime.presence import Person, Presence
from realtime.room import Room
from realtime.storage import Append, Row

if TYPE_CHECKING:
    from realtime.registry import Registry

# A larger flush is announced only; the others read it from the log.
INLINE_BYTES = 65_536


def note_topic(note_id: int) -> str:
    return f"note.{note_id}"


# --- Updates -----------------------------------------------------------------------------------------------------


def updates(append: Append, first_seq: int, data: list[bytes]) -> dict[str, Any]:
    """`append` was committed from `first_seq` on."""
    small = sum(map(len, data)) <= INLINE_BYTES
    return {
        "kind": "updates",
        "seq": first_seq,
        "epoch": append.head.epoch,
        "authors": [entry.author_id for entry in append.entries],
        "data": data if small else [],
    }


def state(room: Room) -> dict[str, Any]:
    """Where our room of this note stands, and the hash of what it holds there."""
    return {"kind": "state", "seq": room.head.seq, "epoch": room.head.epoch, "hash": room.fingerprint()}


def presences(room: Room, client_ids: list[int]) -> dict[str, Any]:
    """Where these client ids of our own are now."""
    known, gone = [], []
    for client_id in client_ids:
        presence = room.gathering.presences.get(client_id)
        if presence is None:
            gone.append(client_id)
        elif presence.here:
            known.append(_packed(presence))
    return {"kind": "presences", "known": known, "gone": gone}


def all_presences(room: Room) -> dict[str, Any]:
    """Everybody who is here: renews their leases in the other processes."""
    return {
        "kind": "presences",
        "known": [_packed(presence) for presence in room.gathering.presences.here()],
        "gone": [],
    }


def _packed(presence: Presence) -> list[Any]:
    person = presence.person
    return [
        person.user_id, person.public_id, person.name, person.colour,
        presence.client_id, presence.cursor, presence.clock,
    ]  # fmt: skip


def _unpacked(packed: list[Any]) -> Presence:
    user_id, public_id, name, colour, client_id, cursor, clock = packed
    return Presence(Person(user_id, public_id, name, colour), client_id, cursor, clock, time.monotonic(), here=False)


# --- Receiving ---------------------------------------------------------------------------------------------------


def receive(registry: "Registry", room: Room, message: dict[str, Any]) -> None:
    """A message of another process about a room that is open here."""
    match message["kind"]:
        case "updates":
            rows = [
                Row(message["seq"] + offset, bytes(data), author)
                for offset, (data, author) in enumerate(zip(message["data"], message["authors"], strict=False))
            ]
            if message["epoch"] != room.head.epoch or not rows or not room.hear_rows(rows):
                registry.catch_up(room)
        case "state":
            registry.agreement.hear(room, message)
        case "presences":
            room.gathering.hear_presences(map(_unpacked, message["known"]))
            if room.gathering.hear_departures(message["gone"]):
                registry.flusher.schedule(room)
