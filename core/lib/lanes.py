"""What the server offers a socket beside ASGI: a short way for binary frames. core/lane.py is how Daphne does it."""

from collections.abc import Callable
from typing import Any, Protocol, Self

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

    def release(self) -> None:
        """Writes what was held back."""
        ...


class Cork:
    """`with cork:` what is sent meanwhile leaves in one write for each socket. A write costs the kernel more than what
    is in it, and behind nearly every keystroke comes a cursor. Nothing may be awaited inside.
    """

    def __init__(self) -> None:
        self.holding: list[Lane] | None = None
        self._depth = 0

    def __enter__(self) -> Self:
        self._depth += 1
        if self._depth == 1:
            self.holding = []
        return self

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            held, self.holding = self.holding or [], None
            for lane in held:
                lane.release()


cork = Cork()  # a process has one event loop that serves sockets


def lane_of(scope: dict[str, Any]) -> Lane | None:
    lane: Lane | None = scope.get("extensions", {}).get(EXTENSION)
    return lane if lane is not None and lane.fits() else None
