"""Topics that every process listens to, and how the domain's events reach them from any thread."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync

from notes.events import AccessChanged, ProfileChanged, SessionsEnded, subscribe
from realtime.fanout import Fanout

if TYPE_CHECKING:
    from realtime.registry import Registry

logger = logging.getLogger(__name__)

ACCESS = "access"  # {"notes": [primary keys], "notebooks": [primary keys]}
PEOPLE = "people"  # {"user": primary key}: a session ended, or the profile changed


def connect() -> None:
    """Called once, when Django is ready."""
    subscribe(AccessChanged, lambda event: tell(ACCESS, {"notes": event.note_ids, "notebooks": event.notebook_ids}))
    subscribe(SessionsEnded, lambda event: tell(PEOPLE, {"user": event.user_id}))
    subscribe(ProfileChanged, lambda event: tell(PEOPLE, {"user": event.user_id}))


def tell(topic: str, message: dict[str, Any]) -> None:
    """Publishes to every process, from any thread; also from one without sockets, such as a management command."""
    from realtime.registry import running

    loops = running()
    for loop, registry in loops:
        loop.call_soon_threadsafe(registry.fanout.publish, topic, message)
    if not loops:
        async_to_sync(_tell_others)(topic, message)


async def _tell_others(topic: str, message: dict[str, Any]) -> None:
    fanout = Fanout()
    if fanout.reaches_others:
        await fanout.send(topic, [message])


async def listen(registry: "Registry") -> None:
    """Asks members again when something about them changed."""

    def access_changed(message: dict[str, Any]) -> None:
        registry.rights_changed += 1
        rooms = [room for note_id in message["notes"] if (room := registry.rooms.get(note_id))]
        _ask(registry, [member for room in rooms for member in room.members])

    def person_changed(message: dict[str, Any]) -> None:
        registry.rights_changed += 1
        members = [member for room in registry.rooms.values() for member in room.members]
        _ask(registry, [member for member in members if member.person.user_id == message["user"]])

    await asyncio.gather(
        registry.fanout.subscribe(ACCESS, access_changed), registry.fanout.subscribe(PEOPLE, person_changed)
    )


def _ask(registry: "Registry", members: list[Any]) -> None:
    if members:
        registry.spawn(registry.upkeep.ask_members(members))
