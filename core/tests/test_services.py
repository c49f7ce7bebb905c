"""The throw-away services that other tests rely on."""

import psycopg
import pytest
import redis

from core.tests.servers import Serve
from core.tests.services import Postgres


@pytest.mark.redis
def test_an_empty_redis_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0


@pytest.mark.postgres
def test_an_empty_database_keeps_what_it_was_given_through_a_kill(postgres: Postgres, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    postgres.kill()
    postgres.start()
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


@pytest.mark.postgres
@pytest.mark.redis
def test_two_processes_share_one_database(serve: Serve, postgres: Postgres, redis_url: str) -> None:
    first = serve(postgres=postgres, redis_url=redis_url)
    second = serve(beside=first, redis_url=redis_url)
    assert second.get("/readyz")[0] == 200
    assert first.environment["DATABASE_URL"] == second.environment["DATABASE_URL"]
