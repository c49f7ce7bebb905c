"""The server's event loop: uvloop where there is one (not on Windows), a tenth less CPU than asyncio's own."""

import asyncio
import warnings


def install() -> None:
    """Call it before Daphne is imported: that makes the loop at once, and asks asyncio's policy for it."""
    try:
        import uvloop
    except ImportError:
        return
    with warnings.catch_warnings():
        # Policies go with Python 3.16; until then Twisted's reactor can be given a loop in no other way.
        warnings.simplefilter("ignore", DeprecationWarning)
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
