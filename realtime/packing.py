"""Packs what has settled of the notes' logs while the server runs: a little at a time, whether they are open or not."""

import asyncio
import logging
import random
import time
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError

from notes.services import segments

if TYPE_CHECKING:
    from realtime.registry import Registry

logger = logging.getLogger(__name__)

ROUND_SECONDS = 15.0  # between two looks for notes with something to pack
SHARE = 0.05  # of the time that packing may take


class Packing:
    """One per registry. With several processes each goes its own way through the notes; see `segments`."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry
        self._after: int | None = 0  # the note up to which it has looked

    async def run(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            try:
                await self.round()
            except (DatabaseError, InterfaceError, OSError) as error:
                logger.warning("packing put off: %r", error)
            except Exception:  # the edge of a background loop that must go on
                logger.exception("packing failed")

    async def round(self) -> None:
        """Packs all that is due among the next notes."""
        due, self._after = await self._registry.pools.read(segments.due, self._after or 0)
        # Not in the order in which another process goes.
        for note_id in random.sample(due, len(due)):
            try:
                while await self._one(note_id):
                    pass
            except segments.PackingError:
                logger.exception("this note stays unpacked")

    async def _one(self, note_id: int) -> bool:
        """Whether a segment was made; then there may be more. Rests afterwards, in proportion to the work."""
        begun = time.monotonic()
        bundle = await self._registry.pools.read(segments.prepare, note_id)
        # By the thread that commits: beside it SQLite would let a keystroke wait, and look again after a while.
        done = bundle is not None and await self._registry.pools.write(segments.exchange, bundle)
        await asyncio.sleep((time.monotonic() - begun) * (1 / SHARE - 1))
        return done
