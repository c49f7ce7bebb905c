"""Which scripts and styles this process serves, so that a page which has others can be told."""

import hashlib
from functools import cache

from core.lib.env import BASE_DIR

FILES = ("app.css", "app.js", "editor.js")  # what an open page has loaded, and goes on using
LENGTH = 12


@cache
def version() -> str:
    """Of this process for as long as it runs; "" where nothing was built."""
    digest = hashlib.sha256()
    for name in FILES:
        path = BASE_DIR / "static" / "build" / name
        if not path.is_file():
            return ""
        digest.update(path.read_bytes())
    return digest.hexdigest()[:LENGTH]
