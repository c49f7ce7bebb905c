"""Pages that wait for a database lock: whoever writes in a note does not wait with them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from core.tests.servers import BEN, Serve, Server
from core.tests.services import Postgres, wait_until
from realtime.tests.peers.node import Host, converge, crossing
from realtime.tests.peers.stage import Stage

pytestmark = pytest.mark.postgres

PAGE = "/invitations/nobody-was-given-this-one"  # nothing but such a page reads that table
PAGES = 8
EDITS = 100
CROSSES_SECONDS = 1.0


@contextmanager
def locked(server: Server, table: str) -> Iterator[psycopg.Connection]:
    """Whoever reads the table waits until the end."""
    with psycopg.connect(server.environment["DATABASE_URL"]) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield connection
        connection.rollback()


def waiting(watcher: psycopg.Connection) -> int:
    found = watcher.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    assert found is not None
    return int(found[0])


def test_editing_goes_on_while_pages_wait(serve: Serve, host: Host, postgres: Postgres) -> None:
    server = serve(postgres=postgres, LOG_LEVEL="WARNING")
    with Stage(server) as stage:
        stage.invite(BEN)
        note = stage.note("Meanwhile: ")
        ada, ben = host.peer(stage.person("Ada"), server, note), host.peer(stage.person("Ben"), server, note)
        converge(ada, ben)
        usual = server.get(PAGE, BEN)[0]
        answers: list[int] = []
        pages = [threading.Thread(target=lambda: answers.append(server.get(PAGE, BEN)[0])) for _ in range(PAGES)]
        with locked(server, "notes_invitation") as lock:
            for page in pages:
                page.start()
            wait_until(lambda: waiting(lock) > 0, "a page waits for the lock")
            took = sorted(crossing(ada, ben) for _ in range(EDITS))
            assert answers == [], "they did not wait"
        for page in pages:
            page.join()
        print(f"\nwhile pages wait: an edit takes {took[EDITS // 2]:.3f} s, the slowest {took[-1]:.3f} s")
        assert took[-1] < CROSSES_SECONDS
        assert answers == [usual] * PAGES
