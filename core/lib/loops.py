"""The server's event loop: uvloop where there is one (not on Windows), a tenth less CPU than asyncio's own."""

import asyncio
import warnings
from collections.abc import Callable
from typing import Any


def install() -> None:
    """Call it before Daphne is imported: that makes the loop at once, and asks asyncio's policy for it."""
    try:
        import uvloop
    except ImportError:
        return

    class Loop(uvloop.Loop):
        """Watches a connection again that its peer has reset.

        uvloop stops to watch for good when the reset arrives. If there was still something to read, that is all that
        whoever reads has seen: they believe in the connection, and the next write fails in the loop and not in the
        socket. So they are shown the socket once more, which says that it is gone.
        """

        def add_reader[*Given](self, fd: Any, callback: Callable[[*Given], Any], *args: *Given) -> None:
            try:
                super().add_reader(fd, callback, *args)
            except RuntimeError:
                self._forget(fd)
                super().add_reader(fd, callback, *args)

        def add_writer[*Given](self, fd: Any, callback: Callable[[*Given], Any], *args: *Given) -> None:
            try:
                super().add_writer(fd, callback, *args)
            except RuntimeError:
                self._forget(fd)
                super().add_writer(fd, callback, *args)

        def _forget(self, fd: Any) -> None:
            self.remove_reader(fd)
            self.remove_writer(fd)

    with warnings.catch_warnings():
        # Policies go with Python 3.16; until then Twisted's reactor can be given a loop in no other way.
        warnings.simplefilter("ignore", DeprecationWarning)

        class Policy(uvloop.EventLoopPolicy):  # type: ignore[misc]  # its types know only the loop
            def _loop_factory(self) -> uvloop.Loop:
                return Loop()

        asyncio.set_event_loop_policy(Policy())
