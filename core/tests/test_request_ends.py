"""However many ask: what is left of a request is no connection to the database."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import psycopg
import pytest

from core.tests.servers import BEN, Serve
from core.tests.services import Postgres, wait_until

AT_ONCE, EACH = 8, 10
# What the process keeps for itself: a writer, four readers, and what was used before it listened.
KEPT = 8


@pytest.mark.postgres
def test_a_request_leaves_no_connection_behind(serve: Serve, postgres: Postgres) -> None:
    server = serve(postgres=postgres)
    database = urlsplit(server.environment["DATABASE_URL"]).path.lstrip("/")

    def connections() -> int:
        with psycopg.connect(postgres.url_of("postgres")) as line:
            found = line.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database]).fetchone()
        assert found
        return int(found[0])

    cookie = server.cookie(BEN)
    assert cookie
    with ThreadPoolExecutor(AT_ONCE) as people:
        answers = list(people.map(lambda _: server.get("/", BEN)[0], range(AT_ONCE * EACH)))
    assert set(answers) == {200}
    wait_until(lambda: connections() <= KEPT, f"{connections()} connections are left of {len(answers)} requests")
