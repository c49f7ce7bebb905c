"""Does several things at the same moment, each in a thread with a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

WAIT_SECONDS = 60


def at_once(deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each returned or raised, in the order of the deeds."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        try:
            barrier.wait(WAIT_SECONDS)
            return deed()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds, timeout=WAIT_SECONDS))
