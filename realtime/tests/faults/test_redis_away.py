"""Redis is killed, comes back empty, stands still, or breaks its subscriptions: two processes stay one house."""

from collections.abc import Callable

import pytest
import redis

from core.tests.servers import Serve, Server
from core.tests.services import Postgres, Redis, wait_until
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.node import Host, converge, crossing
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

AWAY = 100  # tokens each: ten seconds
STILL = 150
QUIET_BEATS = 30
CROSSES_SECONDS = 1.0  # the log is looked at every two


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


def test_a_redis_that_is_full(
    pair: list[Server], play: Play, cycles: Callable[[int], int], redis_server: Redis
) -> None:
    """It keeps nothing more; what is said to all passes on."""

    def strike(crowd: Crowd) -> None:
        ends = crowd.ends()
        with redis.Redis.from_url(redis_server.url) as client:
            client.config_set("maxmemory", "1")
            try:
                with pytest.raises(redis.exceptions.OutOfMemoryError):
                    client.set("one more", "thing")
                crowd.go_on()
                print(f"everybody sees everybody after {crowd.meets():.1f} s", end=", ")
                crowd.types(AWAY)
            finally:
                client.config_set("maxmemory", "0")
        print(f"and {crowd.meets():.1f} s after there was room")
        assert crowd.ends() == ends

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(1))


def test_a_quiet_house_stays_connected(pair: list[Server], host: Host, redis_server: Redis) -> None:
    """Some clients of Redis end a subscription on which nothing comes for seconds."""
    with Stage(pair[0]) as stage, redis.Redis.from_url(redis_server.url) as client:
        note = stage.note("Quiet. ")
        hers, his = (host.peer(stage.person(name), at, note) for name, at in zip(("Ada", "Ben"), pair, strict=True))
        converge(hers, his)
        begun = beats(client)
        wait_until(lambda: beats(client) >= begun + QUIET_BEATS * len(pair), "half a minute went by", 2.0 * QUIET_BEATS)
        took = max(crossing(hers, his), crossing(his, hers))
        print(f"\nafter {QUIET_BEATS} beats an edit takes {took:.3f} s from one process to the other")
        assert took < CROSSES_SECONDS, "by a message, and not by a look at the log"
        assert hers.state["closes"] == his.state["closes"] == []
    log = pair[0].log + pair[1].log
    assert "channel layer" not in log, log[-3000:]


def beats(client: "redis.Redis") -> int:
    """How often anything was said to all. In a quiet house that is a beat a second of each process."""
    return int(client.info("commandstats")["cmdstat_publish"]["calls"])


def test_subscriptions_that_are_killed_again_and_again(
    pair: list[Server], play: Play, cycles: Callable[[int], int], redis_server: Redis
) -> None:
    def strike(crowd: Crowd) -> None:
        crowd.stores(20)
        with redis.Redis.from_url(redis_server.url) as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(20), apart=True)
