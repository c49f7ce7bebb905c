"""Who is connected to this process, how often, and what each may still say, over whatever connections."""

from dataclasses import dataclass

from realtime.closing import Close, Closing
from realtime.limits import Bucket, Limits


@dataclass(slots=True)
class Guest:
    """One user. The bucket is the user's as long as one of the connections is open."""

    bucket: Bucket
    connections: int = 0


class Guests:
    def __init__(self) -> None:
        self.connections = 0  # all of them, also those of which it is not known yet whose they are
        self._of: dict[int, Guest] = {}

    @property
    def most_of_one(self) -> int:
        """Connections of whoever has the most."""
        return max((guest.connections for guest in self._of.values()), default=0)

    def knock(self, limits: Limits) -> None:
        """A connection has come, and counts until it departs. Raises Closing when the process has enough."""
        self.connections += 1
        if self.connections > limits.sockets_per_process:
            raise Closing(Close.TOO_MANY, "this server has as many connections as it may")

    def depart(self) -> None:
        """It is gone, whether or not it was welcome."""
        self.connections -= 1

    def enter(self, user_id: int, limits: Limits) -> Guest:
        """It is this user's. Raises Closing."""
        guest = self._of.get(user_id)
        if guest is None:
            guest = Guest(Bucket(limits.user_frames_per_second, limits.user_frames_burst))
        if guest.connections >= limits.sockets_per_user:
            raise Closing(Close.TOO_MANY, f"at most {limits.sockets_per_user} open pages and notes at once")
        self._of[user_id] = guest
        guest.connections += 1
        return guest

    def leave(self, user_id: int) -> None:
        guest = self._of[user_id]
        guest.connections -= 1
        if not guest.connections:
            del self._of[user_id]
