"""A row of the log that ends whoever reads it: the note opens without it, and nobody else notices."""

import time

import pytest

from core.tests.servers import Serve, Server
from core.tests.services import Postgres, wait_until
from realtime.tests.peers.node import Host, converge, crossing
from realtime.tests.peers.stage import Stage

OPENS_SECONDS = 5.0
UNREADABLE = b"\xff\xff"  # a child that reads it ends with an error


@pytest.mark.postgres
def test_the_note_opens_within_seconds_and_others_go_on(serve: Serve, host: Host, postgres: Postgres) -> None:
    strike_and_open(serve(postgres=postgres, LOG_LEVEL="WARNING"), host)


def test_on_sqlite_too(serve: Serve, host: Host) -> None:
    strike_and_open(serve(LOG_LEVEL="WARNING"), host)


def strike_and_open(server: Server, host: Host) -> None:
    with Stage(server) as stage:
        note, other = stage.notes(["Water finds ", "Another note. "])
        ada, ben = stage.person("Ada"), stage.person("Ben")
        writer = host.peer(ada, server, note)
        writer.type("its level.")
        converge(writer)
        writer.leave()
        stage.append(note, UNREADABLE)
        stage.mark([note])
        server.kill()  # what the row would have done
        server.start()

        one, two = host.peer(ben, server, other), host.peer(ada, server, other)
        usual = max(crossing(one, two) for _ in range(20))
        begun = time.monotonic()
        reader = host.peer(ben, server, note, connect=False)
        host.ask("begin", peer=reader.name)
        meanwhile = [crossing(one, two)]
        while not reader.state["online"]:
            meanwhile.append(crossing(one, two))
            assert time.monotonic() - begun < OPENS_SECONDS
        wait_until(lambda: reader.text == "Water finds its level.", "the text is there", OPENS_SECONDS)
        opened = time.monotonic() - begun
        print(f"\nopen after {opened:.2f} s; another note's slowest edit {max(meanwhile):.3f} s, usually {usual:.3f}")
        assert opened < OPENS_SECONDS
        assert [row.seq for row in stage.log(note) if row.quarantined] == [3]
        reader.type(" Always.")
        assert converge(reader) == "Water finds its level. Always."
