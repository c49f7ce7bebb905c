"""What is done before the server listens may fail, and then the server starts all the same."""

import pytest

from core.lib import startup


@pytest.fixture(autouse=True)
def _own_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "_tasks", [])


def test_each_task_is_done_once_and_in_order() -> None:
    done: list[str] = []
    for name in ("first", "second"):
        startup.before_serving(lambda name=name: done.append(name))  # type: ignore[misc]
    task = startup._tasks[0]
    startup.before_serving(task)
    startup.run()
    assert done == ["first", "second"]


def test_one_that_fails_does_not_keep_the_others_from_being_done(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def fail() -> None:
        raise OSError("the database is not there yet")

    startup.before_serving(fail)
    startup.before_serving(lambda: done.append("done"))
    with caplog.at_level("INFO"):
        startup.run()
    assert done == ["done"]
    assert "the database is not there yet" in caplog.text
