"""Whatever three people do, in whatever order, however often they are cut off: one text, nothing lost, nothing twice.

Hypothesis draws the schedules, and makes one that fails as short as it can.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tests.servers import Server
from realtime.tests.peers import node
from realtime.tests.peers.node import Host
from realtime.tests.peers.stage import Person, Stage
from realtime.tests.peers.test_random_sessions import document_of

pytestmark = [pytest.mark.node, pytest.mark.slow]

PEERS = 3
EXAMPLES = 40

pieces = st.text(st.sampled_from("ab \nöß東🌊😀👩‍🇩"), min_size=1, max_size=6)
acts = st.fixed_dictionaries(
    {
        "act": st.sampled_from(
            ["type"] * 6 + ["erase", "replace", "undo", "redo", "leave", "cut", "come", "come", "reconnect", "reload"]
            + ["again", "echo", "hold", "send", "lose", "keep", "take", "check"]
        ),
        "who": st.integers(0, PEERS - 1),
        "at": st.floats(0, 1),
        "length": st.integers(1, 8),
        "count": st.integers(1, 3),
        "text": pieces,
        "yields": st.booleans(),
    }
)  # fmt: skip
schedules = st.lists(acts, min_size=1, max_size=40)


@pytest.fixture(scope="module")
def people(stage: Stage) -> list[Person]:
    return [stage.person(name) for name in ("Ada", "Ben", "Dora")]


@pytest.fixture(scope="module")
def notes(stage: Stage) -> Iterator[str]:
    """As many as hypothesis asks for."""

    def endless() -> Iterator[str]:
        while True:
            yield from stage.notes(["", "Water 🌊 finds its level."] * 20)

    return endless()


@pytest.fixture(scope="module")
def host(packages: None) -> Iterator[Host]:
    running = Host()
    yield running
    running.close()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(schedule=schedules)
def test_all_end_with_one_text(
    server: Server, stage: Stage, host: Host, people: list[Person], notes: Iterator[str], schedule: list[dict[str, Any]]
) -> None:
    note = next(notes)
    peers = [host.peer(person, server, note, plain=bool(index)) for index, person in enumerate(people)]
    try:
        end = host.ask("play", names=[peer.name for peer in peers], acts=schedule)
        rows = [row.data for row in stage.log(note)]
        replayed = node.replay({note: rows})[note]
        assert "error" not in replayed, replayed["error"]
        assert replayed["text"] == end["text"] == document_of(rows).text()
        assert (replayed["vector"], replayed["deleted"]) == (end["vector"], end["deleted"])
        for peer in peers:
            assert peer.state["refusals"] == []
            assert [code for code in peer.state["closes"] if code >= 4000] == []
    finally:
        for peer in peers:
            peer.end()
