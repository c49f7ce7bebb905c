"""Before the process ends, everything that was registered runs, whatever happens to one of them."""

import asyncio
import logging

import pytest

from core.lib import shutdown


@pytest.fixture(autouse=True)
def _own_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutdown, "_tasks", [])


async def test_all_tasks_run_although_one_fails(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def good() -> None:
        done.append("good")

    async def bad() -> None:
        raise OSError("the disk is gone")

    shutdown.before_exit(bad)
    shutdown.before_exit(good)
    with caplog.at_level(logging.ERROR):
        await shutdown.run(5)
    assert done == ["good"]
    assert "Failed before the end" in caplog.text


async def test_a_task_that_hangs_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    shutdown.before_exit(hangs)
    with caplog.at_level(logging.ERROR):
        await shutdown.run(0.05)
    assert "Not finished before the end" in caplog.text


async def test_a_task_registered_twice_runs_once() -> None:
    runs: list[int] = []

    async def once() -> None:
        runs.append(1)

    shutdown.before_exit(once)
    shutdown.before_exit(once)
    await shutdown.run(5)
    assert runs == [1]
