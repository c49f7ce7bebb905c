"""Background work that needs rooms."""

import asyncio
import logging
from datetime import timedelta

from django.conf import settings

from core.lib import clock, tasks
from notes.services import contents
from realtime.closing import Closing
from realtime.registry import Registry, running
from realtime.storage import StorageError

logger = logging.getLogger(__name__)

OPENING_SECONDS = 60.0  # a note that may be dangerous is tried in a child process first


@tasks.sweep
def fold_left_notes() -> None:
    """Folds what was written in a process that died, and not opened since: snapshot, excerpt, feed.

    Through a room, which knows how to open a note that may be dangerous.
    """
    # Who has a note open folds it by itself within that time.
    before = clock.now() - 2 * timedelta(seconds=settings.SNAPSHOT_AFTER_SECONDS)
    if left := contents.left_unfolded(before):
        asyncio.run(_fold_by_ourselves(left)) if not running() else _let_server_fold(left)


def _let_server_fold(note_ids: list[int]) -> None:
    """In a thread of the server: it folds what it unloads."""
    ((loop, registry), *_) = running()
    for note_id in note_ids:
        tasks.go_on()
        opening = asyncio.run_coroutine_threadsafe(registry.enter(note_id), loop)
        try:
            opening.result(OPENING_SECONDS)
        except (Closing, TimeoutError) as error:
            logger.warning("note %d could not be folded: %s", note_id, error)


async def _fold_by_ourselves(note_ids: list[int]) -> None:
    registry = Registry()
    try:
        for note_id in note_ids:
            try:
                room = await registry.enter(note_id)
                await registry.settled()
                await registry.upkeep.fold(room)
                registry.discard(room)
            except (Closing, StorageError) as error:
                logger.warning("note %d could not be folded: %s", note_id, error)
    finally:
        await registry.close()
