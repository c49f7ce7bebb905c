"""Fixtures of the fault tests, and the two knobs: CYCLES (how often each fault strikes) and SEED (when)."""

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.tests.servers import Server
from realtime.tests.faults.crowd import Crowd, Run, watched
from realtime.tests.peers.conftest import host, packages, stage_of
from realtime.tests.peers.node import Host
from realtime.tests.peers.stage import Stage

__all__ = ["host", "packages", "stage_of"]

HERE = Path(__file__).parent
# A note's text grows with every cycle, and with it the work of ten clients.
CYCLES_A_NOTE = 20
TYPING_MS = 100
# How long a strike may take, with all that belongs to it, before a test is taken for hung.
CYCLE_SECONDS = 60

type Play = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for many cycles has the time for them."""
    if wanted := int(os.environ.get("CYCLES", "0")):
        for item in items:
            if item.path.is_relative_to(HERE):
                item.add_marker(pytest.mark.timeout(max(180, wanted * CYCLE_SECONDS)))


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("SEED", random.randrange(10**6)))


@pytest.fixture
def dice(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def cycles() -> Callable[[int], int]:
    """How often to strike: so many times by default, CYCLES times if somebody says so."""
    return lambda default: int(os.environ.get("CYCLES", default))


@pytest.fixture
def play(host: Host, seed: int, request: pytest.FixtureRequest) -> Iterator[Play]:
    """`play(stage, servers, strike, times)`: people type, `strike(crowd)` is called so often, the judge approves."""
    told: list[str] = []

    def approve(run: Run, times: int, took: float) -> None:
        told.append(f"{times} cycles in {took:.0f} s: {run.figures}, {run.repeated} blocks repeated in the log")
        assert run.violations == [], "\n".join(f"{v.kind}: {v.what}" for v in run.violations[:20])

    def run(
        stage: Stage,
        servers: list[Server],
        strike: Callable[[Crowd], None],
        times: int,
        *,
        every: float = TYPING_MS,
        size: int = 10,
        apart: bool = False,
    ) -> None:
        for start in range(0, times, CYCLES_A_NOTE):
            some, begun = min(CYCLES_A_NOTE, times - start), time.monotonic()
            crowd = Crowd(host, stage, servers, every=every, seed=seed + start, size=size, apart=apart)
            with watched(servers[0], crowd) as bookkeeper:
                crowd.go_on()
                for _ in range(some):
                    strike(crowd)
                crowd.go_on()
                approve(crowd.end(bookkeeper), some, time.monotonic() - begun)
        for server in servers:
            assert "is another in another process" not in server.log, server.log[-3000:]

    yield run
    print(f"\n{request.node.name}, seed {seed}", *told, sep="\n  ")
