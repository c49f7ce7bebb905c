"""Plain requests of one client that go to two processes in turn, as behind a load balancer that remembers nobody."""

import pytest

from core.tests.servers import Server
from core.tests.services import Redis, wait_until
from realtime.tests.peers import node
from realtime.tests.peers.node import Host, Peer, converge
from realtime.tests.peers.stage import Stage
from realtime.tests.peers.test_two_processes import here, pair, stage, there

__all__ = ["here", "pair", "stage", "there"]

pytestmark = [pytest.mark.node, pytest.mark.redis, pytest.mark.postgres]


@pytest.fixture
def note(stage: Stage) -> str:
    return stage.note("Water. ")


@pytest.fixture
def scattered(here: Server, there: Server, stage: Stage, host: Host, note: str) -> Peer:
    """Ada, each of whose requests reaches another process than the one before."""
    # She says who she is, as the editor does: a process that does not know that tells her of herself.
    others = [node.where(there)]
    ada = host.peer(stage.person("Ada"), here, note, requests=True, others=others, present=True, announces=True)
    ada.waits(lambda state: state["text"] == "Water. ", "has the note")
    return ada


def test_everything_arrives_once_and_is_acknowledged(
    here: Server, there: Server, stage: Stage, host: Host, note: str, scattered: Peer
) -> None:
    ben, dora = host.peer(stage.person("Ben"), here, note), host.peer(stage.person("Dora"), there, note)
    for peer in (scattered, ben, dora):
        peer.start_typing(every=30)
    ben.waits(lambda state: state["text"].count(">") > 200, "sees much", seconds=60)
    pieces = [piece for peer in (scattered, ben, dora) for piece in peer.stop_typing()]
    text = converge(scattered, ben, dora, seconds=20)
    assert [piece for piece in pieces if text.count(piece) != 1] == []
    assert scattered.state["refusals"] == scattered.state["closes"] == []


def test_two_such_clients_converge(
    here: Server, there: Server, stage: Stage, host: Host, note: str, scattered: Peer
) -> None:
    other = host.peer(stage.person("Emil"), there, note, requests=True, others=[node.where(here)])
    for peer in (scattered, other):
        peer.start_typing(every=30)
    other.waits(lambda state: state["text"].count(">") > 100, "sees much", seconds=60)
    pieces = scattered.stop_typing() + other.stop_typing()
    text = converge(scattered, other, seconds=20)
    assert [piece for piece in pieces if text.count(piece) != 1] == []


def test_their_cursor_is_seen_where_it_was_last_in_both_processes(
    here: Server, there: Server, stage: Stage, host: Host, note: str, scattered: Peer
) -> None:
    readers = [host.peer(stage.person("Ben"), server, note, present=True) for server in (here, there)]
    for reader in readers:
        reader.waits(lambda _, reader=reader: "Ada" in reader.people, "sees Ada", seconds=15)  # type: ignore[misc]
    seen: set[int] = set()
    for place in range(1, 6):
        scattered.cursor(place)
        wait_until(lambda: where_ada_is(readers[0]) not in {None, *seen}, "it moved", seconds=5)
        wait_until(lambda: where_ada_is(readers[0]) == where_ada_is(readers[1]), "it moved for both", seconds=5)
        seen.add(where_ada_is(readers[0]) or 0)


def where_ada_is(reader: Peer) -> int | None:
    """The clock of the letter that her cursor is at."""
    states = [state for state in reader.state["others"].values() if state["user"]["name"] == "Ada"]
    return int(states[0]["cursor"]["head"]["item"]["clock"]) if states and states[0]["cursor"] else None


def test_they_do_not_come_and_go_while_they_only_listen(
    here: Server, there: Server, stage: Stage, host: Host, note: str, scattered: Peer
) -> None:
    readers = [host.peer(stage.person("Ben"), server, note, present=True) for server in (here, there)]
    for reader in readers:
        reader.waits(lambda _, reader=reader: "Ada" in reader.people, "sees Ada", seconds=15)  # type: ignore[misc]
    for number in range(40):
        readers[number % 2].type(".")
        assert all("Ada" in reader.people for reader in readers)
    converge(scattered, *readers)


def test_who_was_told_more_by_one_process_is_no_forger_to_the_other(
    here: Server, there: Server, stage: Stage, host: Host, note: str, scattered: Peer, redis_server: Redis
) -> None:
    ben = host.peer(stage.person("Ben"), here, note)
    converge(ben, scattered)
    redis_server.kill()
    try:
        scattered.route(here)
        ben.type("Only here so far. ")
        converge(ben, scattered)
        scattered.route(there)
        scattered.type("And there. ")
        assert converge(ben, scattered) == "Water. Only here so far. And there. "
    finally:
        redis_server.start()
    assert scattered.state["refusals"] == scattered.state["closes"] == []
    assert scattered.state["resyncs"] == 0


def test_they_go_on_when_one_process_is_gone(
    here: Server, there: Server, stage: Stage, host: Host, note: str, scattered: Peer
) -> None:
    scattered.type("Before. ")
    there.kill()
    try:
        scattered.type("During. ")
        scattered.waits(lambda state: not state["online"], "finds out")
        scattered.route(here)  # the balancer has found out too
        scattered.connect()
        fresh = host.peer(stage.person("Ben"), here, note)
        assert converge(scattered, fresh) == "Water. Before. During. "
    finally:
        there.start()
