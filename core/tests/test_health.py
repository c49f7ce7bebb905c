"""/healthz asks nobody; /readyz says by name what keeps this process from serving somebody new."""

import asyncio
import json
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from core import health, readiness
from core.lib import lag as lags
from core.lib.lag import Lag
from core.tests.browser.hands import begin
from core.tests.servers import BEN, Serve, Server
from core.tests.services import Postgres, Redis, wait_until
from realtime.tests.wire import Wire

WELL = {"database": "ok", "migrations": "ok", "unsaved": "ok", "loop": "ok", "serving": "ok"}


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """What this process found out before is forgotten."""
    health._examiner.cache_clear()
    yield
    health._examiner.cache_clear()


def said(server: Server) -> tuple[int, dict[str, str]]:
    status, body = server.get("/readyz")
    return status, json.loads(body)


@pytest.mark.django_db
def test_a_prepared_process_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", **WELL})


def test_health_asks_no_database(client: Client) -> None:
    # No database mark: a query would fail here.
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.postgres
def test_without_its_database_it_lives_but_is_not_ready(serve: Serve, postgres: Postgres) -> None:
    server = serve(postgres=postgres)
    postgres.stop()
    try:
        wait_until(lambda: server.get("/readyz")[0] == 503, "it says so")
        assert said(server)[1]["database"] == "OperationalError"
        assert server.get("/healthz")[0] == 200
    finally:
        postgres.start()
    wait_until(lambda: server.get("/readyz")[0] == 200, "the server has found its database again")


@pytest.mark.postgres
def test_a_database_that_hangs_is_not_waited_for(serve: Serve, postgres: Postgres) -> None:
    server = serve(postgres=postgres)
    postgres.freeze()
    try:
        wait_until(lambda: said(server)[1]["database"] == "no answer", "it says so")
        assert server.get("/healthz")[0] == 200
    finally:
        postgres.thaw()
    wait_until(lambda: server.get("/readyz")[0] == 200, "the server has found its database again")


@pytest.mark.redis
@pytest.mark.parametrize("trouble", ["stop", "freeze"])
def test_without_redis_it_serves_and_says_what_is_wrong(
    serve: Serve, redis_server: Redis, redis_url: str, trouble: str
) -> None:
    server = serve(redis_url=redis_url, EMBEDDED_TASKS="true")
    assert said(server) == (200, {"status": "ok", **WELL, "redis": "ok"})
    getattr(redis_server, trouble)()
    try:
        wait_until(lambda: said(server)[1]["redis"] != "ok", "it says so")
        status, told = said(server)
        assert (status, told["status"]) == (200, "impaired")
        assert told["redis"] in {"ConnectionError", "TimeoutError"}
    finally:
        redis_server.start() if trouble == "stop" else redis_server.thaw()


@pytest.mark.django_db(transaction=True)
def test_tables_that_are_missing_are_counted_until_they_are_there(client: Client) -> None:
    applied = MigrationRecorder.Migration.objects.filter(app="notes").latest("pk")
    applied.delete()
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["migrations"]) == (503, "1 not applied")
    finally:
        applied.save(force_insert=True)
    health._examiner.cache_clear()
    assert client.get("/readyz").json()["migrations"] == "ok"


async def ready() -> Any:
    try:
        return await sync_to_async(Client().get)("/readyz")
    finally:
        await sync_to_async(connections.close_all)()


@pytest.mark.django_db(transaction=True)
async def test_a_loop_that_comes_late_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LAG_SECONDS", 0.2)
    lags.lag.watch()
    time.sleep(lags.EVERY_SECONDS + 0.3)  # what a loop must not do is what is looked for
    answer = await ready()
    assert answer.status_code == 503
    assert answer.json()["loop"].endswith(" s late")


async def test_a_wait_that_has_not_ended_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lags, "EVERY_SECONDS", 0.01)
    lag = Lag()
    lag.watch()
    time.sleep(0.06)
    during = lag.seconds
    assert during >= 0.05
    while not lag._late:
        await asyncio.sleep(0)
    assert lag.seconds >= during, "it is remembered for a while"


@pytest.mark.django_db(transaction=True)
async def test_however_many_ask_the_database_is_asked_once() -> None:
    opened: list[object] = []

    def count(**_: object) -> None:
        opened.append(None)

    connection_created.connect(count)
    try:
        answers = await asyncio.gather(*(ready() for _ in range(20)))
    finally:
        connection_created.disconnect(count)
    assert {answer.status_code for answer in answers} == {200}
    assert len(opened) == 1


def test_before_it_ends_it_says_so_and_goes_on_serving(serve: Serve) -> None:
    server = serve(NOTICE_SECONDS="3")
    with Wire(server, BEN, begin(server).note) as wire:
        wire.hears("step 1")
        assert server.process is not None
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: said(server) == (503, {"status": "unavailable", "serving": "ending"}), "it says so")
        assert server.get("/", BEN)[0] == 200
        assert wire.hears("closing")[1] == 1012
    assert server.stop() == 0
