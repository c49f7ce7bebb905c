"""The line to PostgreSQL breaks at each word of a flush: before the database hears it, and after it answered."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from core.tests.servers import Serve, Server
from core.tests.services import Postgres, wait_until
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.faults.postgreslines import Breaking, When
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

COMMITS = 10
STRUCK_SECONDS = 20.0


@pytest.fixture
def line(postgres: Postgres) -> Iterator[Breaking]:
    with Breaking(postgres.port) as proxy:
        yield proxy


@pytest.fixture
def server(serve: Serve, postgres: Postgres, redis_url: str, line: Breaking) -> Server:
    """Talks to PostgreSQL through the line; who reads its log beside it does not."""
    alone = serve(postgres=postgres, redis_url=redis_url, LOG_LEVEL="WARNING")
    return alone.move_database(postgres.port, line.port)


@pytest.mark.parametrize("when", list(When))
def test_every_word_may_fail(server: Server, play: Play, line: Breaking, when: When) -> None:
    """Alone, a flush is one statement, of which the last word commits it."""
    aims = [*((word, "parse") for word in range(1, 11)), *[(1, "sync")] * COMMITS]
    with Stage(server) as stage:
        play(stage, [server], strikes(line, when, aims), len(aims))
    print(dict(line.words))
    assert line.words["sync"] >= COMMITS
    assert server.log.count("could not be saved") >= COMMITS


@pytest.mark.parametrize("when", list(When))
def test_every_word_may_fail_beside_another_process(
    server: Server, serve: Serve, redis_url: str, play: Play, line: Breaking, when: When
) -> None:
    """Where another process writes the same note, a flush is a transaction of several statements."""
    other = serve(beside=server, redis_url=redis_url, LOG_LEVEL="WARNING")
    aims = [*((word, "BEGIN") for word in range(1, 21)), *[(1, "COMMIT")] * COMMITS]
    with Stage(server) as stage:
        play(stage, [server, other], strikes(line, when, aims), len(aims))
    print(dict(line.words))
    assert line.words["COMMIT"] >= COMMITS


def strikes(line: Breaking, when: When, aims: Iterable[tuple[int, str]]) -> Callable[[Crowd], None]:
    left = iter(aims)

    def strike(crowd: Crowd) -> None:
        words, since = next(left)
        line.aim(words, when, since)
        wait_until(line.struck.is_set, "the line breaks", STRUCK_SECONDS)
        crowd.go_on(1)

    return strike
