"""A place in a room without a network: a Member that keeps what it is sent."""

from realtime.auth import Standing
from realtime.closing import Close
from realtime.presence import Person
from realtime.tests import said
from realtime.tests.said import Said

ADA = Person(1, "ada0000000000000", "Ada", 1)
BEN = Person(2, "ben0000000000000", "Ben", 2)
CLEO = Person(3, "cleo000000000000", "Cleo", 3)
MALLORY = Person(4, "mallory000000000", "Mallory", 4)


class Seat:
    """`stock` is a client that did not ask for the subprotocol."""

    def __init__(
        self, person: Person, *, client_id: int | None = None, writable: bool = True, stock: bool = False
    ) -> None:
        self.person = person
        self.note_id = 1
        self.session_key = ""
        self.role = "editor" if writable else "viewer"
        self.writable = writable
        self.verbose = not stock
        self.client_id = client_id
        self.updates = 0
        self.access_epoch = 1
        self.adrift = 0
        self.origin = None
        self.waiting = 0
        self.frames: list[bytes] = []
        self.closed: Close | None = None

    @property
    def unread(self) -> int:
        return self.waiting

    def send(self, frame: bytes) -> None:
        if self.closed is None:
            self.frames.append(frame)

    def close(self, code: Close, reason: str) -> None:
        if self.closed is None:
            self.closed = code

    def stand(self, standing: Standing) -> None:
        raise AssertionError("nobody asks for rights here")

    def hears(self) -> list[Said]:
        """What came since it was asked last."""
        frames, self.frames = self.frames, []
        return [said.read(frame) for frame in frames]
