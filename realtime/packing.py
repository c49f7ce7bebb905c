"""Packs what has settled of the notes' logs while the server runs: a little at a time, whether they are open or not."""

import asyncio
import logging
import random
import time
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError

from core.lib import redaction
from notes.packing.pressing import PackingError, told
from notes.services import segments
from realtime import packer

if TYPE_CHECKING:
    from realtime.registry import Registry

logger = logging.getLogger(__name__)

ROUND_SECONDS = 15.0  # between two looks for notes with something to pack
SHARE = 0.05  # of the time that packing may take
LONGEST_PAUSE_SECONDS = 3_600.0  # after many rounds that ended badly


class Packing:
    """One per registry. With several processes each goes its own way through the notes; see `segments`."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._after: int | None = 0  # the note up to which it has looked
        self._pause = ROUND_SECONDS

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            try:
                await self.round()
            except (DatabaseError, InterfaceError, OSError) as error:
                logger.warning("packing put off: %s", redaction.told(error))
            except Exception:  # the edge of a background loop that must go on
                logger.exception("packing failed")

    async def round(self) -> None:
        """Packs all that is due among the next notes."""
        due, self._after = await self._registry.pools.read(segments.due, self._after or 0)
        # Not in the order in which another process goes.
        for note_id in random.sample(due, len(due)):
            with self._registry.flusher.about(note_id):
                try:
                    while await self._one(note_id):
                        self._pause = ROUND_SECONDS
                except PackingError:
                    logger.exception("note %d stays unpacked", note_id)
                except packer.PackerEndedError as error:
                    self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
                    logger.warning(
                        "the process that packs note %d %s; "
                        "nothing is lost, and it is tried again in %g s at the earliest",
                        note_id, error, self._pause,
                    )  # fmt: skip
                    return

    async def _one(self, note_id: int) -> bool:
        """Whether a segment was made; then there may be more. Rests afterwards, in proportion to the work."""
        begun = time.monotonic()
        done = await self._pack(note_id)
        await asyncio.sleep((time.monotonic() - begun) * (1 / SHARE - 1))
        return done

    async def _pack(self, note_id: int) -> bool:
        gathered = await self._registry.pools.read(_gather, note_id)
        if gathered is None:
            return False
        batch, request = gathered
        bundle = segments.bundled(batch, await packer.press(request))
        # By the thread that commits: beside it SQLite would let a keystroke wait, and look again after a while.
        return await self._registry.pools.write(segments.exchange, bundle)


def _gather(note_id: int) -> tuple[segments.Batch, bytes] | None:
    batch = segments.gather(note_id)
    return (batch, told(batch.load)) if batch else None
