"""The cast of the domain's tests: Ada owns, Ben edits, Dana comments, Cleo reads, Mallory is a stranger."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.accounts.models import User
from notes.events import subscribe
from notes.models import Membership, Note, Notebook, Role
from notes.services import notebooks, notes


def person(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@example.org", display_name=name)


@pytest.fixture
def ada(db: None) -> User:
    return person("Ada")


@pytest.fixture
def ben(db: None) -> User:
    return person("Ben")


@pytest.fixture
def cleo(db: None) -> User:
    return person("Cleo")


@pytest.fixture
def dana(db: None) -> User:
    return person("Dana")


@pytest.fixture
def mallory(db: None) -> User:
    return person("Mallory")


@pytest.fixture
def course(ada: User, ben: User, cleo: User, dana: User) -> Notebook:
    """An outermost notebook with all roles in it."""
    course = notebooks.create(ada, title="Back-end, from scratch")
    for user, role in ((ben, Role.EDITOR), (dana, Role.COMMENTER), (cleo, Role.VIEWER)):
        Membership.objects.create(notebook=course, user=user, role=role)
    return course


@pytest.fixture
def networking(ada: User, course: Notebook) -> Notebook:
    """Nested in the course; it has no members of its own."""
    return notebooks.create(ada, title="Networking", parent=course)


@pytest.fixture
def handshake(ada: User, networking: Notebook) -> Note:
    return notes.create(ada, notebook=networking, title="TCP handshake", text="Three segments are enough.")


@pytest.fixture
def heard() -> Iterator[Callable[[type], list[Any]]]:
    """`heard(AccessChanged)` is the list that fills with these events from now on."""
    endings = []

    def listen(kind: type) -> list[Any]:
        events: list[Any] = []
        endings.append(subscribe(kind, events.append))
        return events

    yield listen
    for end in endings:
        end()
