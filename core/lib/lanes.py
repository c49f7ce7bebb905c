"""What the server offers a socket beside ASGI: a short way for binary frames. core/lane.py is how Daphne does it."""

from collections.abc import Callable
from typing import Any, Protocol

EXTENSION = "commonplace.lane"

type Take = Callable[[bytes], object]


class Lane(Protocol):
    def fits(self) -> bool:
        """Whether it can be used on this connection at all."""
        ...

    def attach(self, take: Take) -> bool:
        """Hands every binary message to `take` from now on. False: not now, since earlier ones wait to be taken."""
        ...

    @property
    def backlog(self) -> int:
        """Bytes that were sent and that the network did not take yet."""
        ...

    def send(self, payload: bytes) -> bool:
        """Sends a binary message. False: not while the client leaves so much unread; send it the way of ASGI."""
        ...


def lane_of(scope: dict[str, Any]) -> Lane | None:
    lane: Lane | None = scope.get("extensions", {}).get(EXTENSION)
    return lane if lane is not None and lane.fits() else None
