"""Django's cache in Redis, for a house that stands when Redis does not.

While Redis is away each process keeps by itself what it would have kept there. So no page fails for it, and limits on
how often somebody may try a password hold on, for each process. Pages wait for it once, and briefly; then it is left
alone for some seconds, and one of those who come after tries it for all.
"""

import logging
import threading
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgpack
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from core.lib.caching import AWAY

logger = logging.getLogger(__name__)

# What is kept there takes Redis less than a millisecond.
ANSWER_SECONDS = 0.25
AWAY_SECONDS = 5.0


def as_it_is(key: str, *_: Any) -> str:
    """Keys are made once, above what they are given to."""
    return key


TUPLE = 1  # MessagePack knows lists only, and leaves this number to us
# Each takes some 30 KB of a thread's stack to read: a few hundred within each other would end the process.
TUPLES_DEEP = 8
UNREADABLE = object()


class Plain:
    """Plain data as MessagePack. Django's own way is pickle, which runs what it reads: whoever could write into Redis
    would have every server run their code.
    """

    def dumps(self, value: Any) -> Any:
        """As with Django's, Redis itself can count with whole numbers. Raises TypeError for what is no plain data."""
        return value if type(value) is int else _packed(value)

    def loads(self, data: bytes) -> Any:
        try:
            return int(data)  # nothing packed begins with a digit, a sign or a space: only whole numbers would
        except ValueError:
            pass
        try:
            return _unpacked(data)
        except (ValueError, TypeError, msgpack.UnpackException):
            return UNREADABLE


def _packed(value: Any) -> bytes:
    return bytes(msgpack.packb(value, default=_marked, strict_types=True))


def _marked(value: Any) -> msgpack.ExtType:
    if type(value) is tuple:
        return msgpack.ExtType(TUPLE, _packed(list(value)))
    raise TypeError(f"{type(value).__name__} is no plain data, and cannot be kept")


def _unpacked(data: bytes, deep: int = 0) -> Any:
    def of_mark(mark: int, inner: bytes) -> Any:
        if mark != TUPLE or deep == TUPLES_DEEP:
            raise ValueError("not of ours")
        return tuple(_unpacked(inner, deep + 1))

    return msgpack.unpackb(data, ext_hook=of_mark, strict_map_key=False)


class Redis:
    """One for the process, though Django makes a cache for each thread: what one thread finds away is away for all."""

    def __init__(self, url: str) -> None:
        timeouts = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
        self.cache = RedisCache(url, {"OPTIONS": {**timeouts, "serializer": Plain}, "KEY_FUNCTION": as_it_is})
        self._away_until = 0.0
        self._guard = threading.Lock()

    def is_away(self) -> bool:
        """When the time is over, one is told that it is back, and finds out."""
        if not self._away_until:
            return False
        with self._guard:
            now = time.monotonic()
            if now < self._away_until:
                return True
            self._away_until = now + AWAY_SECONDS
            return False

    def did_not_answer(self, error: Exception) -> None:
        AWAY.inc()
        with self._guard:
            self._away_until = time.monotonic() + AWAY_SECONDS
        logger.warning("the cache in Redis is left alone for %g s: %s", AWAY_SECONDS, error)

    def answered(self) -> None:
        if self._away_until:
            with self._guard:
                self._away_until = 0.0
            logger.info("the cache in Redis is back")


class SteadyCache(BaseCache):
    """LOCATION is the URL of a Redis. Never raises what Redis raises."""

    def __init__(self, location: str, params: Mapping[str, Any]) -> None:
        super().__init__(dict(params))
        self._redis = _redis(location)
        self._memory = LocMemCache(f"instead of {location}", {"KEY_FUNCTION": as_it_is})

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", self._key(key, version), value, self._seconds(timeout)))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What cannot be read counts as not there."""
        found = self._ask("get", self._key(key, version), default)
        return default if found is UNREADABLE else found

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", self._key(key, version), value, self._seconds(timeout))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", self._key(key, version), self._seconds(timeout)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("delete", self._key(key, version)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", self._key(key, version), delta))

    def clear(self) -> None:
        self._memory.clear()
        self._ask("clear")

    def _ask(self, what: str, *arguments: Any) -> Any:
        if not self._redis.is_away():
            try:
                answer = getattr(self._redis.cache, what)(*arguments)
            except (RedisError, OSError) as error:
                self._redis.did_not_answer(error)
            else:
                self._redis.answered()
                return answer
        return getattr(self._memory, what)(*arguments)

    def _key(self, key: Any, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))

    def _seconds(self, timeout: Any) -> Any:
        return self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout


@cache
def _redis(url: str) -> Redis:
    return Redis(url)
