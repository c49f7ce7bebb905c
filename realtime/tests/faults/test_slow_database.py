"""One of two processes is far from PostgreSQL: each word takes its time. It comes to write beside the fast one."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from core.tests.servers import Serve, Server
from core.tests.services import Postgres
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.faults.proxies import Proxy, Relay
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

DELAY_SECONDS = 0.02
TOKENS = 50
VERY_SLOW_SECONDS = 1.0  # a word; a flush has several
SIZE = 6
STORED_SECONDS = 60.0


class Far(Proxy):
    """`delay`: for so long each word is on its way."""

    def __init__(self, port: int) -> None:
        super().__init__(port, Late)
        self.delay = DELAY_SECONDS


class Late(Relay):
    proxy: Far

    async def asked(self, data: bytes) -> bytes:
        await asyncio.sleep(self.proxy.delay)
        return data


@pytest.fixture
def line(postgres: Postgres) -> Iterator[Far]:
    with Far(postgres.port) as proxy:
        yield proxy


@pytest.fixture
def pair(serve: Serve, postgres: Postgres, redis_url: str, line: Far) -> list[Server]:
    """The second is the far one."""
    here = serve(postgres=postgres, redis_url=redis_url, LOG_LEVEL="WARNING")
    there = serve(beside=here, redis_url=redis_url, LOG_LEVEL="WARNING")
    return [here, there.move_database(postgres.port, line.port)]


def test_a_process_with_a_slow_line_is_not_left_out(
    pair: list[Server], play: Play, cycles: Callable[[int], int]
) -> None:
    def strike(crowd: Crowd) -> None:
        took = crowd.go_on(TOKENS)
        print(f"{TOKENS} tokens of each are stored after {took:.1f} s; all see all after {crowd.meets():.1f} s")

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(1))


def test_a_database_that_takes_seconds_for_a_flush_loses_nobody(
    serve: Serve, play: Play, cycles: Callable[[int], int], postgres: Postgres, line: Far
) -> None:
    """What is typed waits, nobody is sent away, and when the line is good again a few flushes store all of it."""
    server = serve(postgres=postgres, LOG_LEVEL="WARNING").move_database(postgres.port, line.port)

    def strike(crowd: Crowd) -> None:
        ends = crowd.ends()
        line.delay = VERY_SLOW_SECONDS
        try:
            slow = crowd.go_on(1, STORED_SECONDS)
        finally:
            line.delay = 0.0
        print(f"a token of each is stored after {slow:.1f} s, and {crowd.go_on():.1f} s after the line is good again")
        assert crowd.ends() == ends

    with Stage(server) as stage:
        play(stage, [server], strike, cycles(2), size=SIZE)
    assert "Traceback" not in server.log, server.log[-3000:]
