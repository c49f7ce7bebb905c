"""PostgreSQL is killed, and comes back after five seconds in which everybody goes on typing."""

from collections.abc import Callable

import pytest

from core.tests.servers import Serve
from core.tests.services import Postgres
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.stage import Stage

pytestmark = pytest.mark.postgres

IN_FLIGHT = 5  # tokens each, after which no answer of the living database can be on its way
AWAY = 45  # tokens each


def test_nothing_is_said_to_be_stored_and_nobody_is_sent_away(
    serve: Serve, play: Play, cycles: Callable[[int], int], postgres: Postgres
) -> None:
    server = serve(postgres=postgres, LOG_LEVEL="WARNING")

    def strike(crowd: Crowd) -> None:
        crowd.go_on()
        ends = crowd.ends()
        postgres.kill()
        try:
            crowd.types(IN_FLIGHT)
            stored = crowd.stored
            crowd.types(AWAY)
            assert crowd.stored == stored, "something was said to be stored while there was no database"
        finally:
            postgres.start()
        print(f"all is stored again {crowd.go_on(AWAY):.1f} s after the return of the database")
        assert crowd.ends() == ends

    with Stage(server) as stage:
        play(stage, [server], strike, cycles(2))
