"""Fixtures of the peers' tests."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from core.tests.servers import Server, Templates, servers
from realtime.tests.peers import node
from realtime.tests.peers.node import Host
from realtime.tests.peers.stage import Stage


@pytest.fixture(scope="session")
def packages() -> None:
    node.ensure_packages()


@pytest.fixture(scope="module")
def server(_templates: Templates) -> Iterator[Server]:
    """One server for all tests of a file; each takes a note of its own."""
    with servers(_templates) as running:
        yield running.serve(LOG_LEVEL="WARNING")


@pytest.fixture(scope="module")
def stage(server: Server) -> Iterator[Stage]:
    with Stage(server) as opened:
        yield opened


@pytest.fixture
def host(packages: None) -> Iterator[Host]:
    running = Host()
    yield running
    running.close()


@pytest.fixture
def stage_of() -> Iterator[Callable[[Server], Stage]]:
    """Opens the stage of a server."""
    with contextlib.ExitStack() as stack:
        yield lambda server: stack.enter_context(Stage(server))
