"""Two processes on one PostgreSQL and one Redis are one house: whoever is where sees everybody."""

import functools
import time
from collections.abc import Iterator

import pytest
import redis

from core.tests.servers import Server, Templates, servers
from core.tests.services import Postgres, Redis, wait_until
from realtime.tests.peers.node import Host, Peer, converge
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.node, pytest.mark.redis, pytest.mark.postgres]

AT_ONCE = 1.0  # seconds. What a lost message would have told is found after five.
QUIET = 31.0  # seconds: longer than any timeout that the client of Redis brings along


@pytest.fixture(scope="module")
def pair(_templates: Templates, postgres: Postgres, redis_server: Redis) -> Iterator[tuple[Server, Server]]:
    with servers(_templates) as running:
        first = running.serve(postgres=postgres, redis_url=redis_server.url, LOG_LEVEL="WARNING")
        yield first, running.serve(beside=first, redis_url=redis_server.url, LOG_LEVEL="WARNING")


@pytest.fixture(scope="module")
def stage(pair: tuple[Server, Server]) -> Iterator[Stage]:
    with Stage(pair[0]) as opened:
        yield opened


@pytest.fixture
def templates(_templates: Templates) -> Templates:
    return _templates


@pytest.fixture
def here(pair: tuple[Server, Server]) -> Server:
    return pair[0]


@pytest.fixture
def there(pair: tuple[Server, Server]) -> Server:
    return pair[1]


def test_each_sees_what_the_other_writes(here: Server, there: Server, stage: Stage, host: Host) -> None:
    note = stage.note("Water. ")
    ada, ben = host.peer(stage.person("Ada"), here, note), host.peer(stage.person("Ben"), there, note)
    ada.type("Ada here. ")
    ben.type("Ben there. ", at=0)
    assert sorted(converge(ada, ben).split(". ")) == ["", "Ada here", "Ben there", "Water"]


def test_an_edit_crosses_at_once(here: Server, there: Server, stage: Stage, host: Host) -> None:
    note = stage.note()
    ada, ben = host.peer(stage.person("Ada"), here, note), host.peer(stage.person("Ben"), there, note)
    assert slowest_crossing(ada, ben) < AT_ONCE


def test_they_see_each_other_come_move_and_go(here: Server, there: Server, stage: Stage, host: Host) -> None:
    note = stage.note("Where are you?")
    ada = host.peer(stage.person("Ada"), here, note, present=True)
    ben = host.peer(stage.person("Ben"), there, note, present=True)
    ada.waits(lambda _: ada.people == ["Ben"], "sees Ben")
    ben.waits(lambda _: ben.people == ["Ada"], "sees Ada")

    ben.cursor(5)
    ada.waits(lambda state: any(other["cursor"] for other in state["others"].values()), "sees Ben's cursor")

    ben.leave()
    ada.waits(lambda _: ada.people == [], "sees Ben go")


def test_a_room_with_its_members_split_converges(here: Server, there: Server, stage: Stage, host: Host) -> None:
    note = stage.note()
    people = [stage.person(name) for name in ("Ada", "Ben", "Dora", "Emil")]
    peers = [host.peer(person, server, note) for person in people for server in (here, there)]
    for peer in peers:
        peer.start_typing(every=30)
    peers[0].waits(lambda state: state["text"].count(">") > 200, "sees much", seconds=60)
    pieces = [piece for peer in peers for piece in peer.stop_typing()]
    text = converge(*peers)
    assert [piece for piece in pieces if text.count(piece) != 1] == []


def test_a_client_that_moves_to_the_other_process_is_still_the_same(
    here: Server, there: Server, stage: Stage, host: Host
) -> None:
    note = stage.note()
    ada = host.peer(stage.person("Ada"), here, note, present=True)
    ben = host.peer(stage.person("Ben"), there, note, present=True)
    dora = host.peer(stage.person("Dora"), here, note, present=True)
    for server in (there, here, there, here, there):
        ada.type("a")
        ben.type("b")
        ada.move_to(server)
        ada.type("A")
    text = converge(ada, ben, dora)
    assert sorted(text) == sorted("aAb" * 5)
    assert ada.state["refusals"] == ben.state["refusals"] == []
    ada.cursor(1)
    for other in (ben, dora):
        wait_until(functools.partial(sees, other, "Ada"), f"{other.name} sees Ada", seconds=AT_ONCE * 3)
        assert len(other.people) == 2, "nobody is there twice"


def test_who_comes_back_elsewhere_before_the_old_line_is_known_dead_stays_visible(
    here: Server, there: Server, stage: Stage, host: Host
) -> None:
    note = stage.note("Still here?")
    dora = host.peer(stage.person("Dora"), here, note, present=True)
    person = stage.person("Ada")
    dead = host.peer(person, here, note, present=True)
    dora.waits(lambda _: dora.people == ["Ada"], "sees Ada")
    back = host.peer(person, there, note, present=True, client=dead.state["client"])
    back.waits(lambda _: back.people == ["Dora"], "sees Dora", seconds=15)

    dead.leave()

    back.cursor(1)
    dora.waits(lambda state: any(other["cursor"] for other in state["others"].values()), "sees Ada's cursor")
    assert dora.people == ["Ada"]


def test_who_comes_from_a_process_that_knew_more_is_not_taken_for_a_forger(
    pair: tuple[Server, Server], stage: Stage, host: Host, redis_server: Redis
) -> None:
    here, there = pair
    note = stage.note()
    ada, ben = host.peer(stage.person("Ada"), here, note), host.peer(stage.person("Ben"), here, note)
    dora = host.peer(stage.person("Dora"), there, note)
    ada.type("Everybody knows Ada. ")
    converge(ada, ben, dora)

    redis_server.kill()
    try:
        ada.type("Only here so far. ")
        converge(ada, ben, seconds=AT_ONCE)
        ben.move_to(there)
        ben.type("And there. ")
        assert converge(ada, ben, dora) == "Everybody knows Ada. Only here so far. And there. "
    finally:
        redis_server.start()
    assert ben.state["refusals"] == []
    assert [code for code in ben.state["closes"] if code >= 4000] == []


def test_a_role_that_changes_elsewhere_reaches_the_socket(
    here: Server, there: Server, stage: Stage, host: Host
) -> None:
    note = stage.note()
    ada, ben = host.peer(stage.person("Ada"), here, note), host.peer(stage.person("Ben"), there, note)
    stage.role("Ben", "viewer")
    ben.waits(lambda state: state["role"] == "viewer", "hears that it may only read", seconds=2)
    ben.type("Too late.")
    ben.waits(lambda state: [refusal["code"] for refusal in state["refusals"]] == ["read-only"], "is refused")
    assert ada.text == ""

    stage.role("Ben", "editor")
    ben.waits(lambda state: state["role"] == "editor", "hears that it may write", seconds=2)
    stage.dismiss("Ben")
    ben.waits(lambda state: 4403 in state["closes"], "is shown the door", seconds=2)


def test_it_goes_on_when_the_subscriptions_are_killed(
    here: Server, there: Server, stage: Stage, host: Host, redis_server: Redis
) -> None:
    note = stage.note()
    ada, ben = host.peer(stage.person("Ada"), here, note), host.peer(stage.person("Ben"), there, note)
    for peer in (ada, ben):
        peer.start_typing(every=20)
    for _ in range(10):
        seen = ada.text.count(">")
        ada.waits(lambda state, seen=seen: state["text"].count(">") > seen + 20, "sees more", seconds=30)  # type: ignore[misc]
        with redis.Redis.from_url(redis_server.url) as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    pieces = ada.stop_typing() + ben.stop_typing()
    text = converge(ada, ben)
    assert [piece for piece in pieces if text.count(piece) != 1] == []
    assert slowest_crossing(ada, ben, patience=10) < AT_ONCE


def test_it_goes_on_without_redis_and_is_quick_again_after(
    here: Server, there: Server, stage: Stage, host: Host, redis_server: Redis
) -> None:
    note = stage.note()
    ada, ben = host.peer(stage.person("Ada"), here, note), host.peer(stage.person("Ben"), there, note)
    redis_server.kill()
    try:
        ada.type("Without ")
        ada.waits(lambda state: state["settled"], "is told that it is stored", seconds=AT_ONCE)
        ben.type("Redis ", at=0)
        converge(ada, ben)
    finally:
        redis_server.start()
    assert slowest_crossing(ada, ben, patience=10) < AT_ONCE


def test_a_process_that_began_without_redis_is_heard_when_it_comes(
    templates: Templates, postgres: Postgres, host: Host
) -> None:
    with Redis() as redis_server, servers(templates) as running:
        redis_server.kill()
        first = running.serve(postgres=postgres, redis_url=redis_server.url, LOG_LEVEL="WARNING")
        second = running.serve(beside=first, redis_url=redis_server.url, LOG_LEVEL="WARNING")
        with Stage(first) as stage:
            note = stage.note()
            ada, ben = host.peer(stage.person("Ada"), first, note), host.peer(stage.person("Ben"), second, note)
            ada.type("Nobody hears me. ")
            converge(ada, ben)
            redis_server.start()
            assert slowest_crossing(ada, ben, patience=10) < AT_ONCE
            stage.role("Ben", "viewer")
            ben.waits(lambda state: state["role"] == "viewer", "hears that it may only read", seconds=2)


@pytest.mark.slow
def test_a_subscription_outlives_a_long_silence(here: Server, there: Server, stage: Stage, host: Host) -> None:
    note = stage.note()
    ada, ben = host.peer(stage.person("Ada"), here, note), host.peer(stage.person("Ben"), there, note)
    converge(ada, ben)
    before = here.log + there.log
    end = time.monotonic() + QUIET
    wait_until(lambda: time.monotonic() > end, "it has been quiet", seconds=QUIET + 5)
    assert slowest_crossing(ada, ben) < AT_ONCE
    assert here.log + there.log == before, "something went wrong in silence"


def sees(peer: Peer, name: str) -> bool:
    return name in peer.people


def slowest_crossing(ada: Peer, ben: Peer, times: int = 5, patience: float = 0) -> float:
    """Seconds that the slowest of some edits takes to the other side.

    With patience the first may take longer: until both are subscribed again.
    """
    deadline = time.monotonic() + patience
    while max(crossing(ada, ben), crossing(ben, ada)) > AT_ONCE and time.monotonic() < deadline:
        pass
    return max(crossing(*pair) for pair in [(ada, ben), (ben, ada)] * times)


def crossing(writer: Peer, reader: Peer) -> float:
    begun = time.monotonic()
    writer.type("~")
    text = writer.text
    reader.waits(lambda state: len(state["text"]) >= len(text), "sees the edit")
    return time.monotonic() - begun
