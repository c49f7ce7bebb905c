"""How long a page's listings and formulas may take together. What comes after that is shown as it was written.

Every sixth of the highlighter's languages needs more than two seconds for some 20 KB (a long line, many empty lines):
one such listing must not make the whole page plain. Python's regular expressions look out for signals, so an alarm
ends them. Only a worker sets one: it has a main thread to itself.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_left: float | None = None  # None: nobody counts


class ImpatientError(Exception):
    """The time is used up."""


def begin(seconds: float) -> None:
    """From now on, for one page. Only in the main thread."""
    global _left
    _left = seconds
    signal.signal(signal.SIGALRM, _ring)


@contextmanager
def bounded() -> Iterator[None]:
    """Counts what happens inside. Raises ImpatientError, from wherever it may be, when the time is used up."""
    global _left
    if _left is None:
        yield
        return
    if _left <= 0:
        raise ImpatientError
    started = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, _left)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _left -= time.monotonic() - started


def _ring(*_: Any) -> None:
    raise ImpatientError
