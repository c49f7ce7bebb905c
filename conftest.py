"""What every test may ask for: real services, the real server, and a word at the end on what was left out."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from core.tests import services
from core.tests.leftout import LeftOut
from core.tests.servers import Serve, Templates, servers

# Each is left to a run of its own, which asks for it with -m. Browser tests because asynchronous tests fail in the
# process of one of them, fault tests because they take twenty minutes.
APART = {"browser": Path("core/tests/browser"), "faults": Path("realtime/tests/faults")}


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeftOut())
    # So that fixtures end the servers they started when somebody ends the test run.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    for mark, folder in APART.items():
        if collection_path.is_relative_to(config.rootpath / folder) and mark not in config.option.markexpr:
            return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for mark, folder in APART.items():
            if item.path.is_relative_to(config.rootpath / folder):
                item.add_marker(mark)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """What one test put into the cache is nothing to the next: many that sign up are not one stranger in a hurry."""
    yield
    cache.clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[services.Postgres]:
    """A throw-away PostgreSQL. Whoever stops it starts it again."""
    with services.needed(services.Postgres) as running:
        yield running


@pytest.fixture
def postgres_url(postgres: services.Postgres) -> Iterator[str]:
    """An empty database."""
    name = postgres.create()
    yield postgres.url_of(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[services.Redis]:
    """A throw-away Redis. Whoever stops it starts it again."""
    with services.needed(services.Redis) as running:
        yield running


@pytest.fixture
def redis_url(redis_server: services.Redis) -> str:
    """An empty Redis."""
    redis_server.clear()
    return redis_server.url


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("template"))


@pytest.fixture
def serve(_templates: Templates) -> Iterator[Serve]:
    """Starts real servers: `serve()`, `serve(postgres=postgres, redis_url=redis_url)`, `serve(beside=first, ...)`."""
    with servers(_templates) as running:
        yield running.serve
