"""The line to PostgreSQL breaks at each word of a flush: before the database hears it, and after it answered."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from core.tests.servers import Serve, Server
from core.tests.services import Postgres, wait_until
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.faults.postgreslines import Breaking, When
from realtime.tests.peers.stage import Stage

pytestmark = pytest.mark.postgres

WORDS = 30  # more than a flush says
COMMITS = 10
STRUCK_SECONDS = 20.0


@pytest.fixture
def line(postgres: Postgres) -> Iterator[Breaking]:
    with Breaking(postgres.port) as proxy:
        yield proxy


@pytest.fixture
def server(serve: Serve, postgres: Postgres, line: Breaking) -> Server:
    """Talks to PostgreSQL through the line; who reads its log beside it does not."""
    return serve(postgres=postgres, LOG_LEVEL="WARNING").move_database(postgres.port, line.port)


@pytest.mark.parametrize("when", list(When))
def test_every_word_may_fail(
    server: Server, play: Play, cycles: Callable[[int], int], line: Breaking, when: When
) -> None:
    # Each word of a flush, and the most delicate of all as often again.
    aims = itertools.cycle([*((word, "BEGIN") for word in range(1, WORDS + 1)), *[(1, "COMMIT")] * COMMITS])

    def strike(crowd: Crowd) -> None:
        words, since = next(aims)
        line.aim(words, when, since)
        wait_until(line.struck.is_set, "the line breaks", STRUCK_SECONDS)
        crowd.go_on(1)

    with Stage(server) as stage:
        play(stage, [server], strike, max(WORDS + COMMITS, cycles(0)))
    print(dict(line.words))
    assert line.words["COMMIT"] >= COMMITS
    assert server.log.count("could not be saved") >= COMMITS
