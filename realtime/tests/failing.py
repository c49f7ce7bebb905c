"""A database that fails when a test says so: before it took an append, or after it, with the answer lost."""

import asyncio
from collections.abc import Sequence
from typing import Any

from realtime.persistence import DjangoStorage
from realtime.registry import Registry
from realtime.storage import Append, Head, LoadedNote, Outcome, StorageError


class Faults:
    """Stands before the real storage."""

    def __init__(self, registry: Registry) -> None:
        self._storage: DjangoStorage = registry.storage
        registry.storage = self  # type: ignore[assignment]
        self.fail_before = 0  # how many appends are not taken
        self.fail_after = 0  # how many are taken, and the answer is lost
        self.fail_loads = 0
        self.open = asyncio.Event()  # appends wait for it
        self.open.set()
        self.appends = 0
        self.may_load = asyncio.Event()  # loads wait for it
        self.may_load.set()
        self.loads = 0
        self.may_compare = asyncio.Event()  # heads that were looked up wait for it
        self.may_compare.set()
        self.comparisons = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    async def load(self, note_id: int) -> LoadedNote:
        self.loads += 1
        await self.may_load.wait()
        if self.fail_loads:
            self.fail_loads -= 1
            raise StorageError("away")
        return await self._storage.load(note_id)

    async def heads(self, note_ids: Sequence[int]) -> dict[int, Head]:
        found = await self._storage.heads(note_ids)
        self.comparisons += 1
        await self.may_compare.wait()
        return found

    async def append(self, appends: Sequence[Append]) -> Sequence[Outcome]:
        self.appends += 1
        await self.open.wait()
        if self.fail_before:
            self.fail_before -= 1
            raise StorageError("away")
        outcomes = await self._storage.append(appends)
        if self.fail_after:
            self.fail_after -= 1
            raise StorageError("away")
        return outcomes
