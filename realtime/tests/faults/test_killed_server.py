"""kill -9 of the server again and again while ten people type."""

import random
import statistics
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from core.tests.servers import Serve, Server
from core.tests.services import Postgres
from realtime.tests.faults.bookkeeper import Database
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.stage import Stage

MOST_STORED = 150  # tokens, by all together, between two kills

type Kill = Callable[[Server, Crowd], None]


@pytest.fixture
def kill(dice: random.Random) -> Iterator[Kill]:
    """It ends in the middle of some sentence, and comes back; then everybody is heard."""
    took: list[float] = []

    def strike(server: Server, crowd: Crowd) -> None:
        crowd.stores(dice.randint(1, MOST_STORED))
        server.kill()
        server.start()
        took.append(crowd.go_on(1))

    yield strike
    if took:
        print(f"\nall are heard {statistics.median(took):.1f} s after the server is back, {max(took):.1f} s at most")


def test_nothing_is_lost_on_sqlite(serve: Serve, play: Play, kill: Kill, cycles: Callable[[int], int]) -> None:
    server = serve(LOG_LEVEL="WARNING")
    with Stage(server) as stage:
        play(stage, [server], partial(kill, server), cycles(4))
    assert "Traceback" not in server.log, server.log[-3000:]
    assert "could not be saved" not in server.log, server.log[-3000:]
    assert Database(server).ask("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.postgres
def test_nothing_is_lost_on_postgresql(
    serve: Serve, play: Play, kill: Kill, cycles: Callable[[int], int], postgres: Postgres
) -> None:
    server = serve(postgres=postgres, LOG_LEVEL="WARNING")
    with Stage(server) as stage:
        play(stage, [server], partial(kill, server), cycles(3))
    assert "Traceback" not in server.log, server.log[-3000:]


@pytest.mark.postgres
@pytest.mark.redis
def test_nothing_is_lost_when_one_of_two_processes_is_killed(
    serve: Serve,
    play: Play,
    kill: Kill,
    dice: random.Random,
    cycles: Callable[[int], int],
    postgres: Postgres,
    redis_url: str,
) -> None:
    """Who was there goes to the other, some with words that only the dead process had."""
    here = serve(postgres=postgres, redis_url=redis_url, LOG_LEVEL="WARNING")
    there = serve(beside=here, redis_url=redis_url, LOG_LEVEL="WARNING")
    with Stage(here) as stage:
        play(stage, [here, there], lambda crowd: kill(dice.choice([here, there]), crowd), cycles(3))
    assert "Traceback" not in here.log + there.log, (here.log + there.log)[-3000:]
