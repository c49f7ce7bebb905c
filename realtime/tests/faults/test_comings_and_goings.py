"""Lines that break all the time, rooms that are unloaded and loaded meanwhile, and somebody who was away for long."""

import random
from collections.abc import Callable

import pytest

from core.tests.servers import Serve, Server
from core.tests.services import Postgres
from realtime.tests.faults.conftest import Play
from realtime.tests.faults.crowd import Crowd
from realtime.tests.peers.node import Host, converge
from realtime.tests.peers.stage import Stage

AT_ONCE = 8
ABSENT = 10_000
PIECE = "offline "


def test_lines_that_break_all_the_time(
    serve: Serve, play: Play, dice: random.Random, cycles: Callable[[int], int]
) -> None:
    server = serve(LOG_LEVEL="WARNING")

    def strike(crowd: Crowd) -> None:
        crowd.stores(dice.randint(1, 10))
        crowd.cut(*dice.sample(crowd.names, dice.randint(1, 4)))

    with Stage(server) as stage:
        play(stage, [server], strike, cycles(40))
    assert "Traceback" not in server.log, server.log[-3000:]


def test_words_that_come_while_the_room_is_unloaded(
    serve: Serve, play: Play, dice: random.Random, cycles: Callable[[int], int]
) -> None:
    """All leave at once, so the room is empty and goes; they are back within moments, with what they typed."""
    server = serve(LOG_LEVEL="WARNING", ROOM_IDLE_SECONDS="0", SNAPSHOT_EVERY_UPDATES="20")

    def strike(crowd: Crowd) -> None:
        crowd.stores(dice.randint(1, 30))
        crowd.cut()
        crowd.go_on(1)

    with Stage(server) as stage:
        play(stage, [server], strike, cycles(30), size=3, every=20)
    assert "Traceback" not in server.log, server.log[-3000:]


@pytest.mark.postgres
@pytest.mark.redis
def test_two_processes_that_load_and_unload_one_note(
    serve: Serve, play: Play, dice: random.Random, cycles: Callable[[int], int], postgres: Postgres, redis_url: str
) -> None:
    options = {"LOG_LEVEL": "WARNING", "ROOM_IDLE_SECONDS": "0", "SNAPSHOT_EVERY_UPDATES": "20"}
    here = serve(postgres=postgres, redis_url=redis_url, **options)
    there = serve(beside=here, redis_url=redis_url, **options)

    def strike(crowd: Crowd) -> None:
        crowd.stores(dice.randint(1, 30))
        crowd.cut()
        crowd.go_on(1)

    with Stage(here) as stage:
        play(stage, [here, there], strike, cycles(30), size=4, every=20)
    assert "Traceback" not in here.log + there.log, (here.log + there.log)[-3000:]


@pytest.mark.postgres
@pytest.mark.redis
def test_a_note_that_two_processes_load_at_once_is_there_once(
    serve: Serve, host: Host, cycles: Callable[[int], int], postgres: Postgres, redis_url: str
) -> None:
    here = serve(postgres=postgres, redis_url=redis_url, LOG_LEVEL="WARNING")
    there = serve(beside=here, redis_url=redis_url, LOG_LEVEL="WARNING")
    with Stage(here) as stage:
        person = stage.person("Ada")
        for note in stage.notes([f"Only once. 🌊 {number}" for number in range(cycles(10))]):
            peers = [host.peer(person, at, note, connect=False) for at in (here, there) for _ in range(AT_ONCE)]
            host.ask("connectAll", peers=[peer.name for peer in peers])
            for peer in peers:
                peer.type(f"<{peer.name}>")
            text = converge(*peers, seconds=30)
            assert text.count("Only once. 🌊") == 1
            assert [peer.name for peer in peers if text.count(f"<{peer.name}>") != 1] == []
            for peer in peers:
                peer.end()


def test_somebody_who_comes_back_after_ten_thousand_edits(serve: Serve, host: Host) -> None:
    server: Server = serve(
        LOG_LEVEL="WARNING", FRAMES_PER_SECOND="100000", FRAMES_BURST="100000", USER_FRAMES_BURST="100000"
    )
    with Stage(server) as stage:
        note = stage.note("It began here. ")
        ada, ben = host.peer(stage.person("Ada"), server, note), host.peer(stage.person("Ben"), server, note)
        converge(ada, ben)
        ben.leave()
        host.ask("typeMuch", peer=ben.name, times=ABSENT, text=PIECE, at=0)
        host.ask("typeMuch", peer=ada.name, times=ABSENT, text="online ", at=1)
        ben.connect()
        text = converge(ada, ben, seconds=30)
        assert text == PIECE * ABSENT + "It began here. " + "online " * ABSENT
        assert ben.state["refusals"] == ada.state["refusals"] == []
        assert converge(ada, host.peer(stage.person("Cleo", "viewer"), server, note)) == text
