"""What the domain tells the rest of the house, after the commit. How that works is in core.lib.events."""

from dataclasses import dataclass

from core.accounts.events import ProfileChanged, SessionsEnded
from core.lib.events import publish, subscribe

__all__ = [
    "AccessChanged",
    "ActivityRecorded",
    "Event",
    "ExportMoved",
    "NoteRenamed",
    "ProfileChanged",
    "SessionsEnded",
    "publish",
    "subscribe",
]


@dataclass(frozen=True, slots=True)
class ActivityRecorded:
    """A line of the feed is new or changed."""

    activity_id: int
    notebook_path: str
    note_id: int | None


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """Who may do what changed for these notes and notebooks; open sockets must be asked again."""

    note_ids: tuple[int, ...]
    notebook_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteRenamed:
    note_id: int
    title: str


@dataclass(frozen=True, slots=True)
class ExportMoved:
    """An export came further, or to its end."""

    export_id: int
    user_id: int


type Event = ActivityRecorded | AccessChanged | SessionsEnded | ProfileChanged | NoteRenamed | ExportMoved
