"""The line between a process and Redis: gone, silent, dead on one side, or carrying messages as it likes."""

from collections.abc import Callable, Iterator

import pytest

from core.tests.servers import Serve, Server
from core.tests.services import Postgres, Redis, wait_until
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.faults.proxies import Proxy, State
from realtime.tests.faults.redislines import Chance
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

SIZE = 6
EVERY_MS = 200
AWAY = 150  # tokens each: half a minute
ROUND_TRIPS = 100
CONVERGED_SECONDS = 10.0
MISCHIEF = 0.4
BACK = "the channel layer is back"
HEARD_SECONDS = 40.0


@pytest.fixture
def line(redis_server: Redis, seed: int) -> Iterator[Chance]:
    """Between one of the two processes and Redis."""
    with Chance(redis_server.port, seed) as proxy:
        yield proxy


@pytest.fixture
def pair(serve: Serve, postgres: Postgres, redis_server: Redis, line: Proxy) -> list[Server]:
    here = serve(postgres=postgres, redis_url=f"redis://127.0.0.1:{line.port}/0", LOG_LEVEL="WARNING")
    return [here, serve(beside=here, redis_url=redis_server.url, LOG_LEVEL="WARNING")]


@pytest.mark.parametrize(
    ("how", "apart"),
    [(State.CUT, False), (State.CUT, True), (State.HELD, True)],
    ids=["cut, both write", "cut, one only reads", "held, one only reads"],
)
def test_two_processes_converge_while_the_line_is_away_and_when_it_is_back(
    pair: list[Server], play: Play, cycles: Callable[[int], int], line: Proxy, how: State, apart: bool
) -> None:
    """Who also writes hears of the others in the answer to each commit; who only reads must ask the log."""

    def strike(crowd: Crowd) -> None:
        ends = crowd.ends()
        line.turn(how)
        apart = crowd.meets(CONVERGED_SECONDS)
        crowd.types(AWAY, seconds=120)
        line.turn(State.OPEN)
        back = crowd.meets(CONVERGED_SECONDS)
        print(f"{how}: everybody sees everybody after {apart:.1f} s, and {back:.1f} s after it is back")
        assert crowd.ends() == ends

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(1), size=SIZE, every=EVERY_MS, apart=apart)


def test_a_connection_that_dies_without_a_word_is_made_anew(
    pair: list[Server], play: Play, cycles: Callable[[int], int], line: Proxy
) -> None:
    """As behind a firewall that forgot it: neither side is ever told."""

    def strike(crowd: Crowd) -> None:
        back = pair[0].log.count(BACK)
        line.forget()
        crowd.meets(CONVERGED_SECONDS)
        wait_until(lambda: pair[0].log.count(BACK) > back, "it hears itself again", HEARD_SECONDS)
        crowd.meets(CONVERGED_SECONDS)

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(1), size=SIZE, every=EVERY_MS, apart=True)


@pytest.mark.parametrize("apart", [False, True], ids=["both write", "one only reads"])
def test_messages_that_are_lost_doubled_and_late(
    pair: list[Server], play: Play, cycles: Callable[[int], int], line: Chance, apart: bool
) -> None:
    def strike(crowd: Crowd) -> None:
        line.mischief = MISCHIEF
        crowd.types(ROUND_TRIPS)
        print(f"{line.lost} lost, {line.late} late, {line.doubled} doubled; ", end="")
        print(f"everybody sees everybody after {crowd.meets(CONVERGED_SECONDS):.1f} s")
        line.mischief = 0.0

    with Stage(pair[0]) as stage:
        play(stage, pair, strike, cycles(1), apart=apart)
    assert line.lost
    assert line.late
