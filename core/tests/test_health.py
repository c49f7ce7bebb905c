"""/healthz asks nobody; /readyz asks the database."""

import pytest
from django.test import Client

from core.tests.servers import Serve
from core.tests.services import Postgres, wait_until


@pytest.mark.django_db
def test_a_prepared_process_is_ready(client: Client) -> None:
    assert client.get("/readyz").json() == {"status": "ok", "database": "ok"}


def test_health_asks_no_database(client: Client) -> None:
    # No database mark: a query would fail here.
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.postgres
def test_without_its_database_it_lives_but_is_not_ready(serve: Serve, postgres: Postgres) -> None:
    server = serve(postgres=postgres)
    postgres.stop()
    try:
        assert server.get("/readyz")[0] == 503
        assert server.get("/healthz")[0] == 200
    finally:
        postgres.start()
    wait_until(lambda: server.get("/readyz")[0] == 200, "the server has found its database again")
