"""What follows from a keystroke bears the id of the flush that stored it, as far as a task that it leads to."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from core.accounts.models import User
from core.lib import correlation
from core.lib.events import subscribe
from notes.events import ActivityRecorded
from notes.models import Note
from realtime import upkeep
from realtime.registry import Registry
from realtime.tests.client import until
from realtime.tests.conftest import Sit
from realtime.tests.failing import Faults


class Ids(logging.Handler):
    """The ids under which something was said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, dict[str, Any]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append((record.getMessage(), correlation.current()))

    def of(self, words: str) -> list[dict[str, Any]]:
        return [ids for message, ids in self.said if words in message]


@pytest.fixture
def ids() -> Iterator[Ids]:
    handler, loggers = Ids(), [logging.getLogger(name) for name in ("realtime.flusher", "realtime.upkeep")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


@pytest.fixture
def of_tasks() -> Iterator[list[dict[str, Any]]]:
    """What Celery would put into the messages of tasks that are asked for when the feed's line is stored."""
    found: list[dict[str, Any]] = []

    def ask(_: ActivityRecorded) -> None:
        headers: dict[str, Any] = {}
        correlation.put_into_headers(headers=headers)
        found.append(headers.get(correlation.HEADER, {}))

    end = subscribe(ActivityRecorded, ask)
    yield found
    end()


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(upkeep, "SUMMARY_SECONDS", 0.0)


async def test_a_task_can_be_traced_to_the_flush(
    sit: Sit, ada: User, handshake: Note, ids: Ids, of_tasks: list[dict[str, Any]]
) -> None:
    hers = await sit(ada)
    of_tasks.clear()
    await hers.types(" one")
    await until(lambda: bool(of_tasks), "the line of the feed is stored")
    flushes = [flushed["flush"] for flushed in ids.of("flushed 1 updates")]
    assert of_tasks[0] == {"note": handshake.pk, "flush": flushes[-1]}


async def test_each_flush_has_its_own(sit: Sit, ada: User, handshake: Note, ids: Ids) -> None:
    hers = await sit(ada)
    await hers.types("one")
    await hers.types("two")
    first, second = ids.of("flushed 1 updates")
    assert first["note"] == second["note"] == handshake.pk
    assert first["flush"] != second["flush"]


async def test_a_flush_that_fails_says_which_it_was(sit: Sit, rooms: Registry, ada: User, ids: Ids) -> None:
    faults = Faults(rooms)
    hers = await sit(ada)
    faults.fail_before = 1_000_000
    await hers.update(hers.writer.append("waiting "))
    await hers.hears("trouble")
    assert ids.of("could not be saved")[0]["flush"]
    faults.fail_before = 0
    await hers.hears_until("stored")


async def test_upkeep_that_fails_says_for_which_note(
    sit: Sit, rooms: Registry, ada: User, handshake: Note, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers = await sit(ada)
    await hers.types(" one")
    rooms.storage.save_summaries = failing  # type: ignore[method-assign, assignment]
    await hers.types(" two")
    await until(lambda: bool(ids.of("upkeep failed")), "the summary fails")
    assert ids.of("upkeep failed")[0]["note"] == handshake.pk
    assert ids.of("upkeep failed")[0]["flush"] == ids.of("flushed")[-1]["flush"]
    del rooms.storage.save_summaries


async def failing(_: object) -> None:
    raise RuntimeError("out of order")
