"""Keeps a log that kills its reader from killing the server again and again.

Loading leaves a mark until it has succeeded. A mark that stays means that loading ended its process: then the note's
updates are tried in a child process with limits, the row that kills is quarantined, and everybody else works on.
"""

import asyncio
import logging
import resource
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from core.lib.env import BASE_DIR
from notes.models import LoadMark, NoteSnapshot
from realtime.closing import Close, Closing
from realtime.database import Pools
from realtime.storage import LoadedNote, Storage, StorageError

logger = logging.getLogger(__name__)

# How long a load in another process may take before it is taken for dead. Counted here: its clock may be another.
LOADING_SECONDS = 2.0
ASK_AGAIN_SECONDS = 0.1
PROBE_SECONDS = 5  # for one update
PROBE_CPU_SECONDS = 120  # for all of them
PROBE_BYTES = 2**30
MOST_POISON = 5
KILLS = "It ended, or held up, the child process in which it was tried, after loading this note had ended a server."


class Mark(StrEnum):
    """What was found when a load was to be marked."""

    NONE = "none"
    ANOTHERS = "another's"  # which may be loading it at this moment
    DOUBTFUL = "doubtful"


class LoadGuard:
    def __init__(self, pools: Pools, process: str) -> None:
        self._pools = pools
        self._process = process

    async def load(self, storage: Storage, note_id: int) -> LoadedNote:
        """Raises StorageError, NoteGoneError, and Closing when the note cannot be opened safely."""
        loaded = await storage.load(note_id)
        mark = await self._write(_mark, note_id, self._process)
        if mark is Mark.ANOTHERS:
            # To load it beside a process that this is about to kill would only kill two.
            mark = await self._wait_for_another(note_id)
            loaded = await storage.load(note_id)
        return await self._tried(storage, note_id, loaded) if mark is Mark.DOUBTFUL else loaded

    async def _wait_for_another(self, note_id: int) -> Mark:
        deadline = time.monotonic() + LOADING_SECONDS
        while time.monotonic() < deadline:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            mark = await self._write(_mark, note_id, self._process)
            if mark is not Mark.ANOTHERS:
                return mark
        await self._write(_take_over, note_id, self._process)
        return Mark.DOUBTFUL

    async def load_log(self, storage: Storage, note_id: int) -> LoadedNote:
        """Throws the snapshot away, which cannot be read. It is only a cache: the log holds everything.

        Raises DamagedError when it does not; then the snapshot stays, for whoever can make something of it.
        """
        await storage.rows_after(note_id, 0)
        logger.error("the snapshot of note %d cannot be read; its whole log is", note_id)
        await self.drop_snapshot(note_id)
        return await storage.load(note_id)

    async def drop_snapshot(self, note_id: int) -> None:
        """Raises StorageError."""
        await self._write(_drop_snapshot, note_id)

    async def done(self, note_id: int) -> None:
        """The note is loaded and this process lives."""
        await self._write(_unmark, note_id, self._process)

    async def _write[**P, R](self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await self._pools.write(call, *args, **kwargs)
        except (DatabaseError, InterfaceError) as error:
            raise StorageError(type(error).__name__) from error

    async def _tried(self, storage: Storage, note_id: int, loaded: LoadedNote) -> LoadedNote:
        for _ in range(MOST_POISON + 1):
            survived = await probe(
                [*([loaded.snapshot] if loaded.snapshot else []), *(row.data for row in loaded.rows)]
            )
            if survived is None:
                return loaded
            logger.error("note %d holds an update that kills its reader: number %d of those loaded", note_id, survived)
            if loaded.snapshot is not None and survived == 0:
                loaded = await self.load_log(storage, note_id)
                continue
            index = survived - (loaded.snapshot is not None)
            await storage.quarantine(note_id, [loaded.rows[index].seq], KILLS)
            loaded = replace(loaded, rows=[row for at, row in enumerate(loaded.rows) if at != index])
        raise Closing(Close.QUARANTINED, "this note cannot be opened safely at present")


async def probe(updates: list[bytes]) -> int | None:
    """Applies updates in a child process. None: it survived them all; else the index of the one that ended it.

    Raises Closing when the child could not even begin: that says nothing about the updates.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "realtime.probe",
        cwd=BASE_DIR, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, preexec_fn=_limit,
    )  # fmt: skip
    assert child.stdin is not None
    child.stdin.write(b"".join(struct.pack(">I", len(update)) + update for update in updates))
    child.stdin.write_eof()
    answers = await _answers(child)
    if not answers:
        raise Closing(Close.QUARANTINED, "this note cannot be checked at present")
    return None if child.returncode == 0 else min(answers - 1, len(updates) - 1)


async def _answers(child: asyncio.subprocess.Process) -> int:
    """How often it answered before it ended. It is killed when it is silent for too long."""
    assert child.stdout is not None
    count = 0
    try:
        while True:
            async with asyncio.timeout(PROBE_SECONDS):
                answers = await child.stdout.read(4096)
            if not answers:
                break
            count += len(answers)
    except TimeoutError:
        child.kill()
    await child.wait()
    return count


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (PROBE_BYTES, PROBE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROBE_CPU_SECONDS, PROBE_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _mark(note_id: int, process: str) -> Mark:
    """Leaves the mark, unless there is one of another process that may be alive."""
    mark, created = LoadMark.objects.get_or_create(note_id=note_id, defaults={"process": process})
    if created:
        return Mark.NONE
    if mark.process == process:
        return Mark.DOUBTFUL  # loading failed in the midst, or the note was found to be dangerous
    if not settings.EMBEDDED:
        return Mark.ANOTHERS
    # Embedded there is one process only: a mark of another one is a dead one's.
    _take_over(note_id, process)
    return Mark.DOUBTFUL


def _take_over(note_id: int, process: str) -> None:
    LoadMark.objects.update_or_create(note_id=note_id, defaults={"process": process})


def _unmark(note_id: int, process: str) -> None:
    LoadMark.objects.filter(note_id=note_id, process=process).delete()


def _drop_snapshot(note_id: int) -> None:
    NoteSnapshot.objects.filter(note_id=note_id).delete()
