"""One connection as its room sees it."""

from typing import TYPE_CHECKING, Any, Protocol

from realtime.closing import Close
from realtime.presence import Person

if TYPE_CHECKING:
    from realtime.auth import Standing


class Member(Protocol):
    """The room calls `send` and `close` at any time; after the connection ended both do nothing."""

    person: Person
    note_id: int
    session_key: str
    role: str
    writable: bool
    verbose: bool  # asked for the subprotocol commonplace.v1
    client_id: int | None  # the one client id that it speaks for
    updates: int  # update messages received so far
    access_epoch: int  # of the note, when `writable` was looked up
    origin: Any  # what a flush of its updates is traced to; None without traces
    adrift: int  # update messages in a row that leaned on something unknown

    @property
    def waiting(self) -> int:
        """Bytes that were not given to the network yet, since it takes no more."""
        ...

    @property
    def unread(self) -> int:
        """`waiting`, and what the server holds besides."""
        ...

    def send(self, frame: bytes) -> None: ...

    def close(self, code: Close, reason: str) -> None: ...

    def stand(self, standing: "Standing") -> None:
        """Takes over what its user may do now."""
        ...
