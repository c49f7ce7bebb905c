"""kill -9 in the middle of a sentence: what anybody else had seen is there, once, and all that was said to be stored.

ROUNDS=200 kills more often; SEED=7 draws the same moments.
"""

import os
import random
from collections.abc import Mapping
from typing import Any

import pytest

from core.tests.servers import Serve, Server
from core.tests.services import Postgres, wait_until
from realtime.tests.peers import node
from realtime.tests.peers.node import Host, Peer, converge
from realtime.tests.peers.stage import Stage
from realtime.tests.peers.test_random_sessions import document_of

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.timeout(0)]

ROUNDS = int(os.environ.get("ROUNDS", "20"))
SEED = int(os.environ.get("SEED", random.randrange(10**6)))
TYPING_MS = 40
MOST_SEEN = 40  # pieces that the reader sees between two kills, at most

type States = Mapping[str, Mapping[str, Any]]


@pytest.fixture
def dice() -> random.Random:
    print(f"\nseed {SEED}")
    return random.Random(SEED)


def test_nothing_that_anybody_saw_is_lost_when_the_server_is_killed(
    serve: Serve, host: Host, dice: random.Random
) -> None:
    with Stage(server := serve(LOG_LEVEL="WARNING")) as stage:
        kill_and_compare(server, stage, host, dice, ROUNDS)


@pytest.mark.postgres
def test_nothing_that_anybody_saw_is_lost_on_postgresql_either(
    serve: Serve, host: Host, dice: random.Random, postgres: Postgres
) -> None:
    with Stage(server := serve(postgres=postgres, LOG_LEVEL="WARNING")) as stage:
        kill_and_compare(server, stage, host, dice, min(ROUNDS, 3))


def kill_and_compare(server: Server, stage: Stage, host: Host, dice: random.Random, rounds: int) -> None:
    note = stage.note("Here we go. 🌊>")
    writers = [host.peer(stage.person(name), server, note) for name in ("Ada", "Ben", "Dora")]
    reader = host.peer(stage.person("Cleo", "viewer"), server, note)
    for writer in writers:
        writer.start_typing(TYPING_MS)

    for _ in range(rounds):
        wait_for_news(reader, dice.randint(1, MOST_SEEN))
        server.kill()
        wait_until(lambda: not any(state["online"] for state in host.states().values()), "all are offline")
        compare(host.states(), log_of(stage, note))
        server.start()
        for peer in (*writers, reader):
            peer.connect()

    pieces = [piece for writer in writers for piece in writer.stop_typing()]
    text = converge(*writers, reader, seconds=30)
    for piece in pieces:
        assert text.count(piece) == 1, f"{piece} is there {text.count(piece)} times"
    log = log_of(stage, note)
    assert log["text"] == text
    print(f"{rounds} rounds, {len(pieces)} pieces, {log['rows']} rows, {log['repeated']} client blocks repeated")
    assert "Traceback" not in server.log, server.log[-5000:]


def wait_for_news(reader: Peer, pieces: int) -> None:
    """The moment of the kill: when the reader has seen so many pieces more."""
    until = reader.text.count(">") + pieces
    reader.waits(lambda state: state["text"].count(">") >= until, "sees others write", seconds=60)


def log_of(stage: Stage, note: str) -> dict[str, Any]:
    """What the log alone says, in Yjs and in pycrdt."""
    rows = [row.data for row in stage.log(note)]
    found = node.replay({note: rows})[note]
    assert "error" not in found, found["error"]
    assert document_of(rows).text() == found["text"]
    return {**found, "rows": len(rows)}


def compare(states: States, log: Mapping[str, Any]) -> None:
    """While the server is dead: the log has what was seen, and what was said to be stored."""
    stored = dict(map(tuple, log["vector"]))
    for name, state in states.items():
        for client, seen in state["vector"]:
            if client != state["client"]:
                assert stored.get(client, 0) >= seen, f"{name} had seen {seen} units of {client}"
        assert stored.get(state["client"], 0) >= state["acked"], (
            f"{name} was told that {state['acked']} units are stored"
        )
