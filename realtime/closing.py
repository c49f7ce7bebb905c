"""Why a socket is closed: the codes of docs/protocol.md, by name."""

from dataclasses import dataclass
from enum import IntEnum


class Close(IntEnum):
    RESTARTING = 1012
    BAD_FRAME = 4400
    SIGNED_OUT = 4401
    NOT_ALLOWED = 4403
    NOT_FOUND = 4404
    TOO_SLOW = 4408
    OTHER_EPOCH = 4409
    TOO_LARGE = 4413
    QUARANTINED = 4423
    TOO_FAST = 4429
    TOO_MANY = 4430
    UNAVAILABLE = 4503

    @property
    def slug(self) -> str:
        """The name as clients and log lines know it, for example `bad-frame`."""
        return self.name.lower().replace("_", "-")


@dataclass(eq=False)
class Closing(Exception):  # it is a way out, not always an error
    """Ends a connection: raised while a frame is handled or a room is joined, caught by the consumer."""

    code: Close
    reason: str

    def __str__(self) -> str:
        return f"{self.code.slug}: {self.reason}"
