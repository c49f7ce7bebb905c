"""Rendering that always answers, soon: from the cache, from a worker, or as plain text."""

import asyncio
import hashlib
import json
import logging
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

from notes.markdown.plain import plain_page
from notes.markdown.pool import WORKERS, BrokenError, BusyError, TooSlowError, pool
from notes.markdown.rendered import Rendered, Trouble, from_data

logger = logging.getLogger(__name__)

SECONDS = 2.0
TEXT_CHARACTERS = 500_000  # prose of this length takes 1.5 s
VERSION = 1  # of the rules; a page of other rules is not taken from the cache
KEEP_SECONDS = 24 * 3600
KEEP_TROUBLE_SECONDS = 600  # the machine may have been busy; until then no visit pays for it again

_waiting = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="markdown")


def render_safely(text: str, *, keep: bool = True) -> Rendered:
    """Sets a note as a page, within seconds whatever the text. Blocks: on an event loop use `render_safely_async`.

    A page that cannot be set comes as plain text, with `trouble`. `keep=False` for texts that will soon be others, such
    as those of a note that is being written: they would fill the cache.
    """
    if len(text) > TEXT_CHARACTERS:
        return plain_page(text, "too-long")
    # The child process imports this package too, and has no use for Django's settings.
    from django.core.cache import cache

    key = f"markdown:{VERSION}:{hashlib.sha256(text.encode(errors='replace')).hexdigest()}"
    stored = cache.get(key)
    if stored is not None:
        return from_data(json.loads(zlib.decompress(stored)))
    page = _render(text)
    seconds = KEEP_TROUBLE_SECONDS if page.trouble else KEEP_SECONDS
    if page.trouble != "busy" and (keep or page.trouble):
        cache.set(key, zlib.compress(json.dumps(page.as_data()).encode(), 1), seconds)
    return page


async def render_safely_async(text: str, *, keep: bool = True) -> Rendered:
    work = partial(copy_context().run, render_safely, text, keep=keep)
    return await asyncio.get_running_loop().run_in_executor(_waiting, work)


def _render(text: str) -> Rendered:
    try:
        answer = json.loads(pool.render(text, SECONDS))
    except BusyError:
        return _give_up(text, "busy")
    except TooSlowError:
        return _give_up(text, "too-slow")
    except BrokenError:
        return _give_up(text, "failed")
    if "error" in answer:
        trouble: Trouble = "too-long" if answer["error"] == "PageTooLongError" else "failed"
        return _give_up(text, trouble, error=answer["error"])
    return from_data(answer)


def _give_up(text: str, trouble: Trouble, error: str = "") -> Rendered:
    logger.warning("a note is shown as plain text: %s %s (%d characters)", trouble, error, len(text))
    return plain_page(text, trouble)
