"""What a test puts in front of the peers: people, notes, roles. See stagehand.py, which does it in the database."""

import base64
from dataclasses import dataclass
from typing import Any, Self

from core.tests.servers import Server
from realtime.tests.peers import lines


@dataclass(frozen=True)
class Person:
    name: str
    cookie: str
    id: str
    key: int


@dataclass(frozen=True)
class Row:
    """An update of a note's log, its bytes in base64."""

    seq: int
    author: int | None
    at: str
    quarantined: bool
    data: str


class Stage:
    """Works on the database of a server, as a process of its own."""

    def __init__(self, server: Server) -> None:
        self._child = lines.python("realtime.tests.peers.stagehand", server.environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def _do(self, wish: str, /, **arguments: Any) -> Any:
        return self._child.ask({"do": wish, "with": arguments})

    def person(self, name: str, role: str | None = "editor") -> Person:
        return Person(**self._do("person", name=name, role=role))

    def note(self, text: str = "") -> str:
        return self.notes([text])[0]

    def notes(self, texts: list[str]) -> list[str]:
        found: list[str] = self._do("notes", texts=texts)
        return found

    def role(self, name: str, role: str) -> None:
        self._do("role", name=name, role=role)

    def dismiss(self, name: str) -> None:
        self._do("dismiss", name=name)

    def mark(self, notes: list[str]) -> None:
        self._do("mark", notes=notes)

    def fill(self, note: str, updates: int) -> None:
        """Adds so many old updates, which may be packed."""
        self._do("fill", note=note, updates=updates)

    def pack(self, note: str) -> None:
        """All of the log goes into a segment, behind a snapshot."""
        self._do("pack", note=note)

    def damage(self, note: str) -> None:
        """A byte of its segment turns over; the second time it turns back."""
        self._do("damage", note=note)

    def forget_snapshot(self, note: str) -> None:
        self._do("forget_snapshot", note=note)

    def kept(self, note: str) -> tuple[int, int]:
        """How many rows, and how many segments, the log is in."""
        found = self._do("kept", note=note)
        return found["rows"], found["segments"]

    def invite(self, email: str) -> None:
        """Somebody who is there already may write too."""
        self._do("invite", email=email)

    def append(self, note: str, data: bytes) -> None:
        """A row that no admission has seen, as a fault of ours or another program could leave it."""
        self._do("append", note=note, data=base64.b64encode(data).decode())

    def log(self, note: str) -> list[Row]:
        """The log; checks that its numbers have no gap and end at the note's head."""
        found = self._do("log", note=note)
        rows = [Row(**row) for row in found["rows"]]
        assert [row.seq for row in rows] == list(range(1, found["seq"] + 1)), f"the log of {note} has a gap"
        return rows
