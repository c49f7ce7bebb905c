"""Keeping what was made, so that it need not be made again. What is kept, and under which keys: notes/caching.py.

The rule of every key here: it says everything that its value is made of, down to the code that makes it. Then nothing
that is kept is ever wrong, in no process, and nothing has to be thrown away when something changes: what changed has
another key, and what nobody asks for any more runs out. Rights are never kept: they are asked.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from django.core.cache import cache
from prometheus_client import Counter

LEASE_SECONDS = 10  # how long one process may take to make something before another one tries
WAIT_SECONDS = 3.0  # how long somebody waits for what somebody else is making
LOOK_SECONDS = 0.02  # between two looks, at first
EARLY = 0.1  # the last part of a thing's time, in which one makes it anew and all others still take the old one

READS = Counter("commonplace_cache_reads", "What was asked of a cache, and what came of it", ["kind", "result"])
AWAY = Counter("commonplace_cache_away", "How often Redis did not answer as a cache, and was left alone for a while")
RESULTS = ("hit", "miss", "waited", "renewed")


class Made[T](NamedTuple):
    """What was made, and for how many seconds it is good; with 0 it is not kept."""

    value: T
    seconds: int


class _Kept[T](NamedTuple):
    value: T
    fresh_until: float


class Shelf[T]:
    """One kind of things in Django's cache. Of all who miss the same one at the same time, in all processes, one makes
    it and the others wait: not for ever, and not when the cache is away.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._making: dict[str, Future[T]] = {}
        self._guard = threading.Lock()
        self._count = _counters(kind)

    def get(self, key: str, make: Callable[[], Made[T]]) -> T:
        """What stands under the key, or what `make` makes now. It is plain data, and not None: numbers, texts,
        bytes, and lists, tuples and dictionaries of them.
        """
        kept = self._look(key)
        if kept is None:
            return self._make_once(key, make)
        if kept.fresh_until < time.time() and cache.add(self._lease(key), 1, LEASE_SECONDS):
            self._count["renewed"].inc()
            return self._make_under_lease(key, make)
        self._count["hit"].inc()
        return kept.value

    def get_alone(self, key: str, make: Callable[[], Made[T]]) -> T:
        """The same without waiting for anybody: for what hardly two ask for."""
        kept = self._look(key)
        self._count["miss" if kept is None else "hit"].inc()
        return self._make(key, make) if kept is None else kept.value

    def _make_once(self, key: str, make: Callable[[], Made[T]]) -> T:
        """Among the threads of this process one makes it, and hands it to the others, kept or not."""
        with self._guard:
            made = self._making.get(key)
            mine = made is None
            if made is None:
                made = self._making[key] = Future()
        if not mine:
            return self._made_by_another(made, key, make)
        try:
            made.set_result(self._make_in_turn(key, make))
        except BaseException as error:
            made.set_exception(error)
            raise
        finally:
            with self._guard:
                del self._making[key]
        return made.result()

    def _made_by_another(self, made: Future[T], key: str, make: Callable[[], Made[T]]) -> T:
        try:
            value = made.result(WAIT_SECONDS)
        except TimeoutError:
            self._count["miss"].inc()
            return self._make(key, make)
        self._count["waited"].inc()
        return value

    def _make_in_turn(self, key: str, make: Callable[[], Made[T]]) -> T:
        """Among the processes the one makes it that holds the lease, which runs out by itself if that process dies."""
        deadline, pause = time.monotonic() + WAIT_SECONDS, LOOK_SECONDS
        while not (leased := cache.add(self._lease(key), 1, LEASE_SECONDS)) and time.monotonic() < deadline:
            if (kept := self._look(key)) is not None:
                self._count["waited"].inc()
                return kept.value
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)
        # Whoever had the lease before may have ended between the last look and now.
        if (kept := self._look(key)) is not None:
            if leased:
                cache.delete(self._lease(key))
            self._count["waited"].inc()
            return kept.value
        self._count["miss"].inc()
        return self._make_under_lease(key, make) if leased else self._make(key, make)

    def _make_under_lease(self, key: str, make: Callable[[], Made[T]]) -> T:
        try:
            return self._make(key, make)
        finally:
            cache.delete(self._lease(key))

    def _make(self, key: str, make: Callable[[], Made[T]]) -> T:
        made = make()
        if made.seconds:
            fresh_until = time.time() + made.seconds * (1 - EARLY)
            cache.set(self._name(key), (made.value, fresh_until), made.seconds)
        return made.value

    def _look(self, key: str) -> _Kept[T] | None:
        found = cache.get(self._name(key))
        match found:
            case (value, float(fresh_until)):
                return _Kept(value, fresh_until)
        return None  # or it is not of ours

    def _name(self, key: str) -> str:
        return f"{self.kind}:{key}"

    def _lease(self, key: str) -> str:
        return f"{self.kind}:{key}:making"


class Memory[T]:
    """What this process keeps by itself: the things that were asked for last, `most` of them. For what is made faster
    than anybody waits, and small: to fetch it from another machine would take longer.
    """

    def __init__(self, kind: str, most: int) -> None:
        self._most = most
        self._things: OrderedDict[str, T] = OrderedDict()
        self._guard = threading.Lock()
        self._count = _counters(kind)

    def get(self, key: str, make: Callable[[], T]) -> T:
        with self._guard:
            if key in self._things:
                self._things.move_to_end(key)
                self._count["hit"].inc()
                return self._things[key]
        self._count["miss"].inc()
        thing = make()
        with self._guard:
            self._things[key] = thing
            if len(self._things) > self._most:
                self._things.popitem(last=False)
        return thing

    def clear(self) -> None:
        with self._guard:
            self._things.clear()


def digest(*parts: object) -> str:
    """A key of plain data: numbers, texts, dates, and tuples of them."""
    return hashlib.blake2b(repr(parts).encode(errors="replace"), digest_size=20).hexdigest()


def code_of(files: Iterable[Path], packages: Iterable[str] = ()) -> str:
    """What changes when one of the files does, or the version of a package: a part of the keys of what they make."""
    return digest(
        [(file.name, file.read_bytes()) for file in sorted(files)], [(name, version(name)) for name in packages]
    )


def _counters(kind: str) -> dict[str, Counter]:
    return {result: READS.labels(kind, result) for result in RESULTS}
