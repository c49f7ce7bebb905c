"""Two processes are ended and begun in turn, as an upgrade does it, while ten people type."""

from collections.abc import Callable

import pytest

from core.tests.servers import Serve
from core.tests.services import Postgres
from realtime.closing import Close
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.redis]


def test_everybody_is_told_to_come_back_and_nothing_is_lost(
    serve: Serve, play: Play, cycles: Callable[[int], int], postgres: Postgres, redis_url: str
) -> None:
    here = serve(postgres=postgres, redis_url=redis_url, LOG_LEVEL="WARNING")
    there = serve(beside=here, redis_url=redis_url, LOG_LEVEL="WARNING")

    def strike(crowd: Crowd) -> None:
        for server in (here, there):
            assert server.stop() == 0
            crowd.go_on()
            server.start()
        assert set(crowd.ends()) == {Close.RESTARTING}

    with Stage(here) as stage:
        play(stage, [here, there], strike, cycles(3))
    assert "Traceback" not in here.log + there.log, (here.log + there.log)[-3000:]
