"""A packed part of a note's history is damaged in the database: that note says so, and the others do not notice."""

from collections.abc import Iterator

import pytest

from core.tests.servers import BEN, Serve, Server
from core.tests.services import Postgres, Redis
from realtime.closing import Close
from realtime.tests.faults.proxies import Proxy, State
from realtime.tests.peers.node import Host, converge, crossing
from realtime.tests.peers.stage import Stage

PIECES = 20
CROSSES_SECONDS = 2.0


@pytest.fixture
def line(redis_server: Redis) -> Iterator[Proxy]:
    with Proxy(redis_server.port) as proxy:
        yield proxy


@pytest.fixture
def pair(serve: Serve, postgres: Postgres, redis_server: Redis, line: Proxy) -> list[Server]:
    """What the second hears of the first goes through the line."""
    here = serve(postgres=postgres, redis_url=redis_server.url, LOG_LEVEL="WARNING")
    return [here, serve(beside=here, redis_url=f"redis://127.0.0.1:{line.port}/0", LOG_LEVEL="WARNING")]


def test_without_a_snapshot_the_note_says_what_is_wrong_until_it_is_mended(serve: Serve, host: Host) -> None:
    server = serve(LOG_LEVEL="WARNING")
    with Stage(server) as stage:
        stage.invite(BEN)
        note, other = stage.notes(["Water finds ", "Another note. "])
        writer = host.peer(stage.person("Ada"), server, note)
        writer.type("its level.")
        converge(writer)
        writer.leave()
        server.kill()
        stage.pack(note)
        stage.damage(note)
        stage.forget_snapshot(note)
        server.start()

        reader = host.peer(stage.person("Ben"), server, note, connect=False)
        host.ask("begin", peer=reader.name)
        reader.waits(lambda state: state["closes"].count(Close.QUARANTINED) > 1, "is told, and comes again")
        status, page = server.get(f"/notes/{note}/", BEN)
        assert status == 503
        assert "history is damaged" in page
        one, two = host.peer(stage.person("Ben"), server, other), host.peer(stage.person("Ada"), server, other)
        slowest = max(crossing(one, two) for _ in range(PIECES))
        print(f"\nanother note's slowest edit {slowest:.3f} s")
        assert slowest < CROSSES_SECONDS

        stage.damage(note)
        reader.waits(lambda state: state["text"] == "Water finds its level.", "the note is open", 30)
        assert server.get(f"/notes/{note}/", BEN)[0] == 200
    assert "Traceback" not in server.log, server.log[-3000:]


@pytest.mark.postgres
@pytest.mark.redis
def test_a_process_that_is_behind_it_opens_the_note_anew(pair: list[Server], host: Host, line: Proxy) -> None:
    """It stood still while the note was written in, folded and packed elsewhere, and heard nothing of it."""
    here, there = pair
    with Stage(here) as stage:
        note = stage.note("It began here. ")
        ada, ben = stage.person("Ada"), stage.person("Ben")
        hers, his = host.peer(ada, here, note), host.peer(ben, there, note)
        converge(hers, his)
        line.turn(State.CUT)
        there.freeze()
        try:
            for number in range(PIECES):
                hers.type(f"{number} ")
            converge(hers)
            stage.pack(note)
            stage.damage(note)
            his.type("Mine. ", at=0)
        finally:
            there.thaw()
        his.waits(lambda state: Close.UNAVAILABLE in state["closes"], "is sent away")
        host.ask("begin", peer=his.name)
        text = converge(hers, his, seconds=30)
        assert text.startswith("Mine. It began here. 0 1 2")
        assert [text.count(f" {number} ") for number in range(1, PIECES)] == [1] * (PIECES - 1)
        line.turn(State.OPEN)
        crossing(his, hers)
        crossing(hers, his)
    assert (here.log + there.log).count("is opened anew at number") == 1
