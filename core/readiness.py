"""Whether this process should be sent people, and if not, why.

What decides is whether it can do something for somebody new. So Redis is told of and does not decide: without it
everything works, two seconds later, and a process that is taken out for that would be taken out with all others.
A process that holds text which it cannot save is sent nobody new: where others can save, they are better off there.
Whoever is in it stays connected; nothing here ends a process (that is what /healthz is for).
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.lib import shutdown
from core.lib.lag import lag
from realtime.metrics import unsaved_seconds
from realtime.registry import running

ANSWER_SECONDS = 2.0  # for the database
REDIS_SECONDS = 1.0
KEEP_SECONDS = 1.0  # however many ask, the database is asked once in that time
UNSAVED_SECONDS = 15.0
LAG_SECONDS = 2.0

OK = "ok"
NO_ANSWER = "no answer"

type Told = dict[str, str]


@dataclass(frozen=True)
class Readiness:
    """`told` names what was looked at, and what is wrong with it."""

    told: Told

    @property
    def ready(self) -> bool:
        return all(word == OK for name, word in self.told.items() if name != "redis")

    @property
    def status(self) -> str:
        if not self.ready:
            return "unavailable"
        return OK if set(self.told.values()) == {OK} else "impaired"


class Question:
    """What may take long to answer. It has a thread of its own, and who hangs is not asked a second time meanwhile."""

    def __init__(self, name: str, ask: Callable[[], Told]) -> None:
        self._name = name
        self._ask = ask
        self._asked: Future[Told] | None = None

    async def answer(self, seconds: float) -> Told:
        if self._asked is None or self._asked.done():
            self._asked = Future()
            # Of a pool, the process would wait for it at its end.
            threading.Thread(target=self._find_out, args=(self._asked,), name=self._name, daemon=True).start()
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._asked)), seconds)
        except TimeoutError:
            return {self._name: NO_ANSWER}

    def _find_out(self, asked: Future[Told]) -> None:
        try:
            asked.set_result(self._ask())
        except BaseException as error:  # noqa: BLE001  # it is whoever waits that must know
            asked.set_exception(error)


class Examiner:
    """One per process."""

    def __init__(self) -> None:
        self._questions = [Question("database", self._ask_database)]
        if settings.REDIS_URL:
            self._questions.append(Question("redis", _ask_redis))
        self._migrated = False
        self._found = Readiness({})
        self._found_at = float("-inf")
        self._looking: asyncio.Task[Readiness] | None = None

    async def look(self) -> Readiness:
        if shutdown.is_ending():
            return Readiness({"serving": "ending"})
        if time.monotonic() - self._found_at < KEEP_SECONDS:
            return self._found
        looking, loop = self._looking, asyncio.get_running_loop()
        if looking is None or looking.done() or looking.get_loop() is not loop:
            looking = self._looking = loop.create_task(self._look())
        return await asyncio.shield(looking)  # who goes away must not take the answer from the others

    async def _look(self) -> Readiness:
        lag.watch()
        answers = await asyncio.gather(*(question.answer(ANSWER_SECONDS) for question in self._questions))
        told = {name: word for answer in answers for name, word in answer.items()}
        self._found = Readiness({**told, "unsaved": _unsaved(), "loop": _loop(), "serving": OK})
        self._found_at = time.monotonic()
        return self._found

    def _ask_database(self) -> Told:
        """Over a new connection, such as the thread of a page would need."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return {"database": OK, "migrations": self._ask_for_migrations()}
        except Exception as error:  # noqa: BLE001  # whatever it is, pages would meet it too
            return {"database": type(error).__name__}
        finally:
            connection.close()

    def _ask_for_migrations(self) -> str:
        """Reading them all takes a tenth of a second; once they are applied they stay so."""
        if not self._migrated:
            executor = MigrationExecutor(connection)
            if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return f"{len(missing)} not applied"
            self._migrated = True
        return OK


def _ask_redis() -> Told:
    limits = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **limits) as client:
            client.ping()
    except redis.RedisError as error:
        return {"redis": type(error).__name__}
    return {"redis": OK}


def _unsaved() -> str:
    age = unsaved_seconds(registry for _, registry in running())
    return OK if age < UNSAVED_SECONDS else f"for {age:.0f} s"


def _loop() -> str:
    return OK if lag.seconds < LAG_SECONDS else f"{lag.seconds:.1f} s late"
