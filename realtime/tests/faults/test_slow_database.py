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


class Far(Relay):
    async def asked(self, data: bytes) -> bytes:
        await asyncio.sleep(DELAY_SECONDS)
        return data


@pytest.fixture
def line(postgres: Postgres) -> Iterator[Proxy]:
    with Proxy(postgres.port, Far) as proxy:
        yield proxy


@pytest.fixture
def pair(serve: Serve, postgres: Postgres, redis_url: str, line: Proxy) -> list[Server]:
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
