"""What is kept instead of being made again, and under which keys. How it is kept: core/lib/caching.py.

| kind | where | key |
|---|---|---|
| markdown | Redis, or memory without it | the text, and the code that sets it |
| lines | memory of each process | what a line of the feed shows, to whom, on which day, and its templates |

Not kept: rights, and which lines somebody may see. The database answers them in less time than Redis would, and what
must not be stale need not be found out to be (docs/performance.md has the figures).
"""

from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString

from core.lib import caching
from core.lib.caching import Memory, Shelf

RENDERERS = ("markdown-it-py", "mdit-py-plugins", "latex2mathml", "Pygments", "nh3")
LINES = 2_048  # a kilobyte each; a page shows thirty

pages = Shelf[bytes]("markdown")
lines = Memory[SafeString]("lines", most=LINES)


def page_key(text: str) -> str:
    """The same for the same text, set by the same code: a server with another renderer makes its own pages."""
    return caching.digest(renderer(), text)


@cache
def renderer() -> str:
    return caching.code_of(Path(__file__).parent.joinpath("markdown").glob("*.py"), RENDERERS)
