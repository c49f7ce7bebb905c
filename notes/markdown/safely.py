"""Rendering that always answers, soon: from the cache, from a worker, or as plain text."""

import asyncio
import json
import logging
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING

from notes.markdown.plain import plain_page
from notes.markdown.pool import WORKERS, BrokenError, BusyError, TooSlowError, pool
from notes.markdown.rendered import Rendered, Trouble, from_data

if TYPE_CHECKING:
    from core.lib.caching import Made

logger = logging.getLogger(__name__)

SECONDS = 2.0
TEXT_CHARACTERS = 500_000  # prose of this length takes 1.5 s
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
    from notes import caching

    get = caching.pages.get if keep else caching.pages.get_alone
    return _unpacked(get(caching.page_key(text), lambda: _made(text, keep=keep)))


async def render_safely_async(text: str, *, keep: bool = True) -> Rendered:
    work = partial(copy_context().run, render_safely, text, keep=keep)
    return await asyncio.get_running_loop().run_in_executor(_waiting, work)


def _made(text: str, *, keep: bool) -> "Made[bytes]":
    from core.lib.caching import Made

    page = _render(text)
    if page.trouble == "busy":
        seconds = 0
    elif page.trouble:
        seconds = KEEP_TROUBLE_SECONDS
    else:
        seconds = KEEP_SECONDS if keep else 0
    return Made(zlib.compress(json.dumps(page.as_data()).encode(), 1), seconds)


def _unpacked(page: bytes) -> Rendered:
    return from_data(json.loads(zlib.decompress(page)))


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
