from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.accounts.models import User
from core.lib.events import subscribe

PASSWORD = "a long enough pass phrase"


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada@example.org", PASSWORD, display_name="Ada Lindqvist", colour=2)


@pytest.fixture
def heard() -> Iterator[Callable[[type], list[Any]]]:
    """`heard(SessionsEnded)` is the list that fills with these events from now on."""
    endings = []

    def listen(kind: type) -> list[Any]:
        events: list[Any] = []
        endings.append(subscribe(kind, events.append))
        return events

    yield listen
    for end in endings:
        end()
