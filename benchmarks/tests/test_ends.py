"""A server that dies under the load is known to have died: it is not taken for a slow one."""

import os
import signal

import pytest

from benchmarks.load.hosts.ours import Ours
from core.tests.services import wait_until


@pytest.mark.slow
def test_an_end_that_nobody_asked_for_is_seen() -> None:
    with Ours() as host:
        assert host.last_words() is None
        host.kill()
        assert host.last_words() is None  # it was asked for
        host.start()
        os.kill(host.pids[0], signal.SIGABRT)
        wait_until(lambda: host.last_words() is not None, "the end is seen")
