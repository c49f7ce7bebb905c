"""What a room holds between a keystroke and the log, and between the log and the feed."""

from dataclasses import dataclass

from realtime.admission import Change
from realtime.member import Member


@dataclass(slots=True)
class Pending:
    """An update message on its way to the log. One with an empty change holds nothing new and only waits its turn."""

    member: Member
    number: int
    data: bytes
    change: Change


@dataclass(slots=True)
class Edits:
    """What one user did since the last summary, in UTF-16 units."""

    added: int = 0
    removed: int = 0
