"""The clock of one of two processes jumps an hour ahead, an hour back, and back to the truth."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.tests.leftout import leave_out
from core.tests.servers import Serve
from core.tests.services import Postgres
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

JUMPS = ("+3600s", "-3600s", "+0s")
NEVER = str(10**8)  # seconds


@pytest.fixture
def faketime() -> str:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        leave_out("libfaketime is not installed")
    return str(found[0])


def test_order_and_rights_do_not_follow_the_clock(
    serve: Serve,
    play: Play,
    cycles: Callable[[int], int],
    postgres: Postgres,
    redis_url: str,
    faketime: str,
    tmp_path: Path,
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0s")
    fake = {
        "LD_PRELOAD": faketime,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    # An hour ahead everything would be old enough to be packed, and whoever judges the log reads its rows.
    said = {"LOG_LEVEL": "WARNING", "PACK_AFTER_SECONDS": NEVER}
    here = serve(postgres=postgres, redis_url=redis_url, **said)
    there = serve(beside=here, redis_url=redis_url, **said, **fake)

    def strike(crowd: Crowd) -> None:
        ends = crowd.ends()
        for jump in JUMPS:
            clock.write_text(jump)
            crowd.go_on(10)
            crowd.cut(*crowd.names[:4])
            ends += [1006] * 4
            crowd.meets()
        assert sorted(crowd.ends()) == sorted(ends)

    with Stage(here) as stage:
        play(stage, [here, there], strike, cycles(2))
    assert there.log, "it said nothing, so nobody knows which hour it took it for"
    assert "Traceback" not in here.log + there.log, (here.log + there.log)[-3000:]
