"""A process falls silent in the middle of a commit and holds the note's row: the other process does not wait for long.

As when its machine loses power or its network: PostgreSQL is told nothing, and would keep the lock for hours.
"""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from core.tests.servers import Serve, Server
from core.tests.services import Postgres
from realtime.tests.faults.proxies import Proxy, Relay
from realtime.tests.peers.node import Host, converge
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

# Of a transaction, in which the lock is held for more than the one statement: a flush is one where others wrote first.
LOCKS = b"ORDER BY id FOR UPDATE"
STORED_SECONDS = 40.0
HELD_SECONDS = 5.0  # else it was no lock that the other process met


class Silent(Proxy):
    """`falls_silent`: the next answer to a statement that locks a row does not come, until `speak`."""

    def __init__(self, port: int) -> None:
        super().__init__(port, Unanswered)
        self.falls_silent = False
        self.struck = threading.Event()
        self.spoken = threading.Event()


class Unanswered(Relay):
    proxy: Silent

    def __init__(self, proxy: Proxy) -> None:
        super().__init__(proxy)
        self._locks = False

    async def asked(self, data: bytes) -> bytes:
        self._locks = LOCKS in data
        return data

    async def answered(self, data: bytes) -> bytes:
        if self._locks and self.proxy.falls_silent:
            self.proxy.falls_silent = False
            self.proxy.struck.set()
            await asyncio.to_thread(self.proxy.spoken.wait)
        return data


@pytest.fixture
def line(postgres: Postgres) -> Iterator[Silent]:
    with Silent(postgres.port) as proxy:
        yield proxy
        proxy.spoken.set()


@pytest.fixture
def pair(serve: Serve, postgres: Postgres, redis_url: str, line: Silent) -> list[Server]:
    here = serve(postgres=postgres, redis_url=redis_url, LOG_LEVEL="WARNING")
    there = serve(beside=here, redis_url=redis_url, LOG_LEVEL="WARNING")
    return [here.move_database(postgres.port, line.port), there]


def test_the_other_process_stores_what_comes_meanwhile(pair: list[Server], host: Host, line: Silent) -> None:
    here, there = pair
    with Stage(here) as stage:
        note, other = stage.notes(["Who holds the pen? ", "Another note. "])
        ada, ben = stage.person("Ada"), stage.person("Ben")
        hers, his = host.peer(ada, here, note), host.peer(ben, there, note)
        beside = host.peer(ada, there, other)
        converge(hers, his)
        line.falls_silent = True
        words, begun = 0, time.monotonic()
        while not line.struck.wait(0.02):
            assert time.monotonic() - begun < STORED_SECONDS, "they never wrote at the same time"
            hers.type("Ada")
            his.type("Ben", at=0)
            words += 1
        his.type("Ben", at=0)
        beside.type("Not held.")
        begun = time.monotonic()
        converge(his, seconds=STORED_SECONDS)
        converge(beside, seconds=STORED_SECONDS)
        held = time.monotonic() - begun
        print(f"\nstored {held:.1f} s after the lock was taken")
        assert held > HELD_SECONDS
        line.spoken.set()
        text = converge(hers, his, seconds=STORED_SECONDS)
        assert (text.count("Ada"), text.count("Ben")) == (words, words + 1)
