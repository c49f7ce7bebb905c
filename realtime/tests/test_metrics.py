"""/metrics tells whoever knows the token how the rooms of this process are."""

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from pytest_django import Settings

from core.accounts.models import User
from realtime.registry import Registry
from realtime.tests.conftest import Sit, Visit
from realtime.tests.failing import Faults

TOKEN = "of-the-one-who-watches"


@pytest.fixture
def faults(rooms: Registry) -> Faults:
    return Faults(rooms)


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


async def figures() -> dict[str, float]:
    """Names with labels, as they are written, and their values."""
    answer = await sync_to_async(Client().get)("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    lines = [line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer something-else", TOKEN])
def test_a_stranger_finds_nothing(client: Client, header: str) -> None:
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


def test_without_a_token_there_is_nothing_to_find(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


async def test_rooms_members_and_what_was_committed_are_told(sit: Sit, ada: User, ben: User) -> None:
    before = await figures()
    hers, _ = await sit(ada), await sit(ben)
    await hers.types("one ")
    after = await figures()
    assert (after["commonplace_rooms"], after["commonplace_members"]) == (1, 2)
    for name in ("commonplace_updates_committed_total", "commonplace_commit_seconds_count"):
        assert after[name] == before[name] + 1
    assert after["commonplace_flush_seconds_sum"] > before["commonplace_flush_seconds_sum"]
    assert after["commonplace_unsaved_age_seconds"] == 0


async def test_what_waits_for_the_database_grows_older_until_it_is_stored(sit: Sit, faults: Faults, ada: User) -> None:
    hers = await sit(ada)
    faults.fail_before = 1_000_000
    await hers.update(hers.writer.append("waiting "))
    await hers.hears("trouble")
    first = await figures()
    second = await figures()
    assert 0 < first["commonplace_unsaved_age_seconds"] < second["commonplace_unsaved_age_seconds"]
    assert second["commonplace_commits_failed_total"] >= 1
    faults.fail_before = 0
    await hers.hears_until("stored")
    assert (await figures())["commonplace_unsaved_age_seconds"] == 0


async def test_who_is_sent_away_and_what_is_refused_are_counted_by_name(visit: Visit, cleo: User) -> None:
    closed, refused = 'commonplace_sockets_closed_total{reason="bad-frame"}', "commonplace_updates_refused_total"
    before = await figures()
    socket = await visit(cleo)
    await socket.update(b"nonsense")
    await socket.closed()
    after = await figures()
    assert after[closed] == before.get(closed, 0) + 1
    name = f'{refused}{{code="malformed"}}'
    assert after[name] == before.get(name, 0) + 1
