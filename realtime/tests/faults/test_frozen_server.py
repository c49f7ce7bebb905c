"""A server process that stands still for twenty seconds, as on a machine that swaps, and goes on."""

from collections.abc import Callable

import pytest

from core.tests.servers import Serve
from core.tests.services import Postgres
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.stage import Stage

SIZE = 6
EVERY_MS = 200
STILL = 100  # tokens each: twenty seconds


def test_what_was_typed_meanwhile_is_stored_when_it_goes_on(
    serve: Serve, play: Play, cycles: Callable[[int], int]
) -> None:
    server = serve(LOG_LEVEL="WARNING")

    def strike(crowd: Crowd) -> None:
        server.freeze()
        try:
            crowd.types(STILL, seconds=120)
        finally:
            server.thaw()
        crowd.go_on()

    with Stage(server) as stage:
        play(stage, [server], strike, cycles(1), size=SIZE, every=EVERY_MS)
    assert "Traceback" not in server.log, server.log[-3000:]


@pytest.mark.postgres
@pytest.mark.redis
def test_the_other_process_goes_on(
    serve: Serve, play: Play, cycles: Callable[[int], int], postgres: Postgres, redis_url: str
) -> None:
    """It may have been frozen in the middle of a commit: nobody waits for it longer than the database lets them."""
    here = serve(postgres=postgres, redis_url=redis_url, LOG_LEVEL="WARNING")
    there = serve(beside=here, redis_url=redis_url, LOG_LEVEL="WARNING")

    def strike(crowd: Crowd) -> None:
        here.freeze()
        try:
            crowd.types(STILL, seconds=120)
        finally:
            here.thaw()
        crowd.go_on()
        crowd.meets()

    with Stage(there) as stage:
        play(stage, [here, there], strike, cycles(1), size=SIZE, every=EVERY_MS)
    assert "Traceback" not in here.log + there.log, (here.log + there.log)[-3000:]
