"""Keystrokes of a process that does nothing else, and of one that packs without a rest: from the call of the storage to
the commit.

In life a server packs for a twentieth of the time. Here it never stops: what would be left of the effect is less than
the noise of most machines. Run by benchmarks/log.py in a process of its own.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from io import StringIO
from itertools import accumulate
from typing import Any, cast

from django.core.management import call_command

from benchmarks import logbook, traces  # sets Django up
from benchmarks.figures import HEAD, row
from core.accounts.models import User
from core.management.commands.serve import SWITCH_SECONDS
from notes.models import NoteSegment
from notes.services import contents, notebooks, notes
from realtime import packing
from realtime.database import Pools
from realtime.packing import Packing
from realtime.persistence import DjangoStorage
from realtime.storage import Append, Appended, Entry, Head

EDITS = 50_000
KEYS_ALONE = 400
PAUSE_SECONDS = 0.008


class Process:
    """What of a server's registry the chore needs."""

    def __init__(self) -> None:
        self.pools = Pools()


async def main() -> None:
    process = Process()
    storage, ada, head, note_id = DjangoStorage(process.pools), *await asyncio.to_thread(prepare)

    async def keys(enough: Callable[[int], bool]) -> list[float]:
        """Milliseconds of each."""
        nonlocal head
        took: list[float] = []
        while not enough(len(took)):
            begun = time.perf_counter()
            (outcome,) = await storage.append([Append(note_id, head, [Entry(b"of no matter", ada.pk, ())])])
            took.append((time.perf_counter() - begun) * 1_000)
            assert isinstance(outcome, Appended)
            head = Head(head.seq + 1, head.epoch, head.access_epoch)
            await asyncio.sleep(PAUSE_SECONDS)
        return took

    alone = await keys(lambda count: count >= KEYS_ALONE)
    chore = asyncio.create_task(Packing(cast("Any", process)).round())
    begun = time.process_time()
    beside = await keys(lambda _: chore.done())
    spent = time.process_time() - begun
    await chore
    made = await NoteSegment.objects.acount()
    print(HEAD, row("a keystroke's commit", alone), row("while it packs without a rest", beside), sep="\n")
    print(f"\n{made} segments, {spent:.2f} s of the process's own CPU meanwhile, keystrokes included.")
    process.pools.close()


def prepare() -> tuple[User, Head, int]:
    """A note with something to pack, and another one to type into."""
    edits, end = traces.made_by_rule(EDITS)
    call_command("prepare", stdout=StringIO())
    ada = User.objects.create_user("ada@example.org", display_name="Ada")
    notebook = notebooks.create(ada, title="Log")
    long, other = (notes.create(ada, notebook=notebook, title=title) for title in ("A paper", "Another"))
    asyncio.run(logbook.append(long, ada, traces.typed(edits)))
    logbook.spread_in_time(long, list(accumulate(traces.pauses(len(edits)))))
    contents.save_snapshot(long.pk, epoch=1, seq=len(edits), state=b"\x00\x00", text=end)
    other.refresh_from_db()
    return ada, Head(other.seq, other.epoch, other.access_epoch), other.pk


if __name__ == "__main__":
    sys.setswitchinterval(SWITCH_SECONDS)
    packing.SHARE = 1.0
    asyncio.run(main())
