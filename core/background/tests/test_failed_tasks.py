"""A task that failed for good is written down, and can be asked for again."""

from collections.abc import Iterator

import pytest
from celery import current_app
from django.test import Client

from core.accounts.models import User
from core.background.models import FailedTask
from core.lib import tasks

pytestmark = pytest.mark.django_db

SECRET = "what Ada wrote"
worked: list[int] = []
broken = True


@tasks.task
def wobbly(pk: int) -> None:
    said = SECRET  # noqa: F841  # a traceback with local variables would show it
    if broken:
        raise KeyError("no such thing")
    worked.append(pk)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Whoever asks for a task does not see it fail."""
    worked.clear()
    current_app.conf.task_eager_propagates = False
    yield
    current_app.conf.task_eager_propagates = True


@pytest.fixture
def as_admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@example.org", "paper-and-ink", display_name="Root"))
    return client


def test_it_is_written_down_without_what_people_wrote() -> None:
    wobbly.apply_async([7])
    failed = FailedTask.objects.get()
    assert (failed.task, failed.arguments, failed.tries) == (wobbly.name, "[7]", 1)
    assert failed.error == "KeyError: 'no such thing'"
    assert "in wobbly" in failed.trace
    assert SECRET not in failed.trace


def test_one_that_is_interrupted_by_the_end_of_the_server_is_none() -> None:
    @tasks.task
    def interrupted() -> None:
        raise tasks.Interrupted

    interrupted.apply_async([])
    assert not FailedTask.objects.exists()


def test_it_is_asked_for_again_in_the_admin(
    as_admin: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    wobbly.apply_async([7])
    failed = FailedTask.objects.get()
    monkeypatch.setitem(globals(), "broken", False)
    page = "/admin/background/failedtask/"
    assert "KeyError" in as_admin.get(page).content.decode()
    form = {"action": "ask_again", "_selected_action": [failed.pk]}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        as_admin.post(page, form)
    assert worked == [7]
    failed.refresh_from_db()
    assert failed.again_at
    assert FailedTask.objects.count() == 1


def test_nobody_writes_one_by_hand(as_admin: Client) -> None:
    assert as_admin.get("/admin/background/failedtask/add/").status_code == 403
