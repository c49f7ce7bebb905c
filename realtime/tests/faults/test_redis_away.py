"""Redis is killed, comes back empty, stands still, or breaks its subscriptions: two processes stay one house."""

from collections.abc import Callable

import pytest
import redis

from core.tests.servers import Serve, Server
from core.tests.services import Postgres, Redis
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

AWAY = 100  # tokens each: ten seconds
STILL = 150


@pytest.fixture
def pair(serve: Serve, postgres: Postgres, redis_server: Redis) -> list[Server]:
    here = serve(postgres=postgres, redis_url=redis_server.url, LOG_LEVEL="WARNING")
    return [here, serve(beside=here, redis_url=redis_server.url, LOG_LEVEL="WARNING")]


def without(crowd: Crowd, tokens: int) -> None:
    """While there are no hints: everything is stored, and crosses by way of the log."""
    ends = crowd.ends()
    crowd.go_on()
    print(f"without Redis everybody sees everybody after {crowd.meets():.1f} s", end=", ")
    crowd.types(tokens)
    assert crowd.ends() == ends


@pytest.mark.parametrize("apart", [False, True], ids=["both write", "one only reads"])
def test_a_redis_that_is_killed_and_comes_back_empty(
    pair: list[Server], play: Play, cycles: Callable[[int], int], redis_server: Redis, apart: bool
) -> None:
    def strike(crowd: Crowd) -> None:
        redis_server.kill()
        try:
            without(crowd, AWAY)
        finally:
            redis_server.start()
        print(f"and {crowd.meets():.1f} s after its return")

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(1), apart=apart)


def test_a_redis_that_stands_still(
    pair: list[Server], play: Play, cycles: Callable[[int], int], redis_server: Redis
) -> None:
    def strike(crowd: Crowd) -> None:
        redis_server.freeze()
        try:
            without(crowd, STILL)
        finally:
            redis_server.thaw()
        print(f"and {crowd.meets():.1f} s after it went on")

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(1), apart=True)


def test_subscriptions_that_are_killed_again_and_again(
    pair: list[Server], play: Play, cycles: Callable[[int], int], redis_server: Redis
) -> None:
    def strike(crowd: Crowd) -> None:
        crowd.stores(20)
        with redis.Redis.from_url(redis_server.url) as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(20), apart=True)
