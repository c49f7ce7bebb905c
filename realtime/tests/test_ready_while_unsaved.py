"""A process that cannot save what it holds is sent nobody new."""

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from core import health, readiness
from core.accounts.models import User
from realtime.registry import Registry
from realtime.tests.client import until
from realtime.tests.conftest import Sit
from realtime.tests.failing import Faults


async def unsaved() -> tuple[int, str]:
    health._examiner.cache_clear()
    answer = await sync_to_async(Client().get)("/readyz")
    return answer.status_code, answer.json()["unsaved"]


async def test_until_it_is_stored(sit: Sit, rooms: Registry, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "UNSAVED_SECONDS", 0.05)
    faults = Faults(rooms)
    hers = await sit(ada)
    assert await unsaved() == (200, "ok")
    faults.fail_before = 1_000_000
    await hers.update(hers.writer.append("waiting "))
    found = (200, "ok")
    while found == (200, "ok"):
        found = await unsaved()
    assert found == (503, "for 0 s")
    faults.fail_before = 0
    await hers.hears_until("stored")
    await until(lambda: not any(room.busy for room in rooms.rooms.values()), "all is stored")
    assert await unsaved() == (200, "ok")
