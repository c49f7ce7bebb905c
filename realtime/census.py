"""What is open at this moment, in this process and in the others, for whoever runs them.

Nobody knows how many processes there are. So one asks all of them over the channel layer, and takes what has come after
ANSWER_SECONDS: a process that does not answer by then is not in the list, and one that stands still cannot be.
"""

import asyncio
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync

from core.lib.ids import new_public_id
from realtime.fanout import Fanout
from realtime.room import Room

if TYPE_CHECKING:
    from realtime.registry import Registry

TOPIC = "census"  # {"answer": topic}
ANSWER_SECONDS = 0.6
CALL_SECONDS = 10.0
MOST_ROOMS = 200  # of one process: an answer is one message
MOST_PEOPLE = 20  # named in a room


@dataclass(frozen=True, slots=True)
class OpenRoom:
    note_id: int
    phase: str
    members: int  # connections
    people: list[str]
    unsaved: int  # update messages
    unsaved_seconds: float  # age of the oldest of them
    seq: int
    epoch: int
    units: int
    laggards: int
    laggard_bytes: int


@dataclass(frozen=True, slots=True)
class Report:
    """One process. `open_rooms` counts all; `rooms` tells of those with the oldest unsaved and the most members."""

    process: str
    connections: int = 0
    most_of_one_user: int = 0
    open_rooms: int = 0
    most_members: int = 0
    longest_units: int = 0
    most_backlog: int = 0  # bytes that wait for one client
    rooms: list[OpenRoom] = field(default_factory=list)

    @classmethod
    def heard(cls, message: dict[str, Any]) -> "Report":
        return cls(**{**message, "rooms": [OpenRoom(**room) for room in message["rooms"]]})


class Census:
    """Answers for one registry."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry

    async def start(self) -> None:
        await self._registry.fanout.subscribe(TOPIC, self._asked)

    def _asked(self, message: dict[str, Any]) -> None:
        self._registry.fanout.publish(message["answer"], asdict(self.here()), here=False)

    def here(self) -> Report:
        """Call it on the loop."""
        rooms = list(self._registry.rooms.values())
        told = sorted(map(_told, rooms), key=lambda room: (-room.unsaved_seconds, -room.members, room.note_id))
        return Report(
            process=self._registry.fanout.process,
            connections=self._registry.guests.connections,
            most_of_one_user=self._registry.guests.most_of_one,
            open_rooms=len(rooms),
            most_members=max((room.members for room in told), default=0),
            longest_units=max((room.units for room in told), default=0),
            most_backlog=max((member.unread for room in rooms for member in room.members), default=0),
            rooms=told[:MOST_ROOMS],
        )

    async def everywhere(self) -> list[Report]:
        """This process first."""
        return [self.here(), *await _others(self._registry.fanout)]


def take() -> list[Report]:
    """From a thread that is no event loop's, as those of pages."""
    from realtime.registry import running

    loops = running()
    if not loops:
        return async_to_sync(_from_outside)()  # no socket has come to this process yet
    here = [_on(loop, registry.census.everywhere()) for loop, registry in loops]
    return [report for reports in here for report in reports]


def _on(loop: asyncio.AbstractEventLoop, work: Any) -> list[Report]:
    return list(asyncio.run_coroutine_threadsafe(work, loop).result(CALL_SECONDS))


async def _from_outside() -> list[Report]:
    fanout = Fanout()
    try:
        return [Report(fanout.process), *await _others(fanout)]
    finally:
        await fanout.close()


async def _others(fanout: Fanout) -> list[Report]:
    if not fanout.reaches_others:
        return []
    answers: list[dict[str, Any]] = []
    topic = f"{TOPIC}.{new_public_id()}"
    await fanout.subscribe(topic, answers.append)
    try:
        fanout.publish(TOPIC, {"answer": topic}, here=False)
        await asyncio.sleep(ANSWER_SECONDS)
    finally:
        fanout.unsubscribe(topic, answers.append)
    return [Report.heard(answer) for answer in answers]


def _told(room: Room) -> OpenRoom:
    people = sorted({member.person.name for member in room.members})
    return OpenRoom(
        note_id=room.note_id,
        phase=str(room.phase),
        members=len(room.members),
        people=people[:MOST_PEOPLE],
        unsaved=room.unsaved,
        unsaved_seconds=time.monotonic() - room.dirty_since if room.busy else 0.0,
        seq=room.head.seq,
        epoch=room.head.epoch,
        units=room.units,
        laggards=len(room.gathering.laggards),
        laggard_bytes=room.gathering.laggards.unread,
    )
