"""What every server under load can do."""

from abc import ABC, abstractmethod
from typing import Self

from benchmarks.load.door import Door


class Unavailable(Exception):
    """This server cannot be had on this machine. The message says why, and stands in the table."""


class Host(ABC):
    """A server with a folder of its own: empty at first, gone at the end."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def start(self) -> None:
        """Returns when it answers; after `kill` or `stop` it is the same server with what it stored."""

    @abstractmethod
    def stop(self) -> None:
        """Ends it politely."""

    @abstractmethod
    def kill(self) -> None:
        """Ends it with SIGKILL."""

    @abstractmethod
    def last_words(self) -> str | None:
        """None while it runs, or is not meant to. Otherwise what it said when it ended by itself."""

    @abstractmethod
    def close(self) -> None:
        """Ends it and throws away what it stored."""

    @property
    @abstractmethod
    def pids(self) -> list[int]:
        """Its own processes."""

    @property
    def service_pids(self) -> list[int]:
        """Its database and Redis, where they are processes of their own."""
        return []

    @abstractmethod
    def door(self, room: int, turn: int, client_id: int) -> Door:
        """How client number `turn` comes into a room, to write as `client_id`."""
