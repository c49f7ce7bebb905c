"""A crowded database for the tests of this folder."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.tests.database import crowd


@pytest.fixture(scope="package")
def crowded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        crowd.gather()
        yield
        crowd.scatter()


@pytest.fixture
def db(crowded: None) -> None:
    """In the place of pytest-django's: without a transaction around the test, which the log's own would not bear.

    What a test writes is there for the next.
    """
