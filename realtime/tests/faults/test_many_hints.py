"""A process stands still while more messages about its notes wait for it than Redis keeps for anybody."""

from collections.abc import Callable, Iterator

import pytest
import redis

from core.tests.servers import Serve, Server
from core.tests.services import Postgres, Redis, wait_until
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

SIZE = 6
EVERY_MS = 200
MESSAGES = 10_000  # at once, again and again, until it is given up
ROUNDS = 20
KEPT = "pubsub 1048576 1048576 1"  # a megabyte for each that listens, besides what the system holds


@pytest.fixture
def pair(serve: Serve, postgres: Postgres, redis_server: Redis) -> list[Server]:
    here = serve(postgres=postgres, redis_url=redis_server.url, LOG_LEVEL="WARNING")
    return [here, serve(beside=here, redis_url=redis_server.url, LOG_LEVEL="WARNING")]


@pytest.fixture
def ear(redis_server: Redis) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_server.url) as client:
        before = client.config_get("client-output-buffer-limit")["client-output-buffer-limit"]
        client.config_set("client-output-buffer-limit", KEPT)
        yield client
        client.config_set("client-output-buffer-limit", before)


def overheard(ear: redis.Redis) -> tuple[bytes, bytes]:
    """A message of one process to the others, and its channel."""
    with ear.pubsub() as said:  # type: ignore[no-untyped-call]
        said.psubscribe("*note.*")
        for message in said.listen():
            if message["type"] == "pmessage":
                return message["channel"], message["data"]
    raise AssertionError("Redis ended")


def listeners(ear: redis.Redis) -> int:
    return len(ear.client_list("pubsub"))


def flood(ear: redis.Redis, channel: bytes, message: bytes) -> int:
    """Until Redis gives somebody up; how many messages that took."""
    before = listeners(ear)
    for count in range(MESSAGES, MESSAGES * ROUNDS + 1, MESSAGES):
        with ear.pipeline(transaction=False) as many:
            for _ in range(MESSAGES):
                many.publish(channel, message)
            many.execute()
        if listeners(ear) < before:
            return count
    raise AssertionError("Redis kept all of it")


def test_it_comes_back_to_what_the_log_says(
    pair: list[Server], play: Play, cycles: Callable[[int], int], ear: redis.Redis
) -> None:
    there = pair[1]

    def strike(crowd: Crowd) -> None:
        channel, message = overheard(ear)
        wait_until(lambda: listeners(ear) == len(pair), "both listen, and nobody else")
        there.freeze()
        try:
            count = flood(ear, channel, message)
        finally:
            there.thaw()
        print(f"given up after {count} messages of {len(message)} bytes", end="; ")
        print(f"everybody sees everybody after {crowd.meets():.1f} s")

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(2), size=SIZE, every=EVERY_MS)
    for server in pair:
        assert server.process is not None
        assert server.process.poll() is None
