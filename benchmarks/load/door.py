"""How one client comes into one room of a server: the address, and what its frames look like there."""

from dataclasses import dataclass

from realtime import protocol

EMPTY = b"\x00\x00"  # an update that holds nothing


@dataclass(frozen=True)
class Door:
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    prefix: bytes = b""  # of every frame, in both directions
    greetings: tuple[bytes, ...] = ()  # before the first sync message

    def framed(self, message: bytes) -> bytes:
        return self.prefix + message

    def hello(self) -> list[bytes]:
        return [*self.greetings, self.framed(protocol.step_1({}))]

    def nothing_to_add(self) -> bytes:
        """Answers the server's question what it lacks: the clients here hold no document."""
        return self.framed(protocol.step_2(EMPTY))
