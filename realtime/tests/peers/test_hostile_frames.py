"""A fuzzer against a real server: frames that nobody should send, built by rule, while two honest people go on typing.

FRAMES=1000000 sends more; SEED=7 sends the same again, as far as the network lets it. It goes in rounds, each with a
set of notes: an attacker comes back to the whole note after each refusal, and one of 100,000 frames takes its time.
"""

import os
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.tests.servers import Server, Templates, servers
from realtime.admission import Admission
from realtime.tests.peers import node
from realtime.tests.peers.stage import Stage
from realtime.tests.peers.test_random_sessions import document_of

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.timeout(2400)]

FRAMES = int(os.environ.get("FRAMES", "50000"))
SEED = int(os.environ.get("SEED", random.randrange(10**6)))
MANY = "1000000"  # one person plays all attackers
FRAMES_A_ROUND = 5_000
ATTACKERS = 8
MOST_GROWTH = 150  # MB


@pytest.fixture(scope="module")
def server(_templates: Templates) -> Iterator[Server]:
    with servers(_templates) as running:
        yield running.serve(
            LOG_LEVEL="ERROR",
            FRAMES_PER_SECOND=MANY,
            FRAMES_BURST=MANY,
            USER_FRAMES_PER_SECOND=MANY,
            USER_FRAMES_BURST=MANY,
        )


@dataclass
class Round:
    """The notes of one round, and what the honest ones held in the end."""

    notes: dict[str, str]
    found: dict[str, Any]


@pytest.fixture(scope="module")
def rounds(server: Server, stage: Stage, packages: None) -> list[Round]:
    people = {
        "honest": [stage.person(name).cookie for name in ("Ada", "Ben")],
        "hostile": [stage.person("Mallory").cookie] * ATTACKERS,
    }
    assert server.process is not None
    pid, before, started = server.process.pid, memory(server.process.pid), time.monotonic()
    kinds, closes, fought = Counter[str](), Counter[str](), list[Round]()
    for number in range(-(-FRAMES // FRAMES_A_ROUND)):
        ids = stage.notes(["", "Water 🌊 finds its level.\n" * 20, ""])
        notes = dict(zip(("shared", "own", "impossible"), ids, strict=True))
        plan = {**node.where(server), "notes": notes, "seed": SEED + number, "frames": min(FRAMES, FRAMES_A_ROUND)}
        (found,) = node.stream("fuzz.js", {**plan, **people})
        assert server.process.poll() is None, "the server died"
        kinds.update(found["kinds"])
        closes.update(found["closes"])
        fought.append(Round(notes, found))
    grown = memory(pid) - before
    print(
        f"\nseed {SEED}: {sum(kinds.values())} frames in {time.monotonic() - started:.0f} s; "
        f"memory {before:.0f} MB, grown by {grown:.0f} MB\n{dict(kinds)}\ncloses {dict(closes)}"
    )
    assert grown < MOST_GROWTH
    return fought


def test_the_server_lives(rounds: list[Round], server: Server) -> None:
    assert sum(fought.found["frames"] for fought in rounds) >= FRAMES
    assert "Traceback" not in server.log, server.log[-5000:]
    assert server.get("/healthz")[0] == 200


def test_honest_people_in_the_same_note_lose_nothing(rounds: list[Round]) -> None:
    for fought in rounds:
        assert fought.found["honestCloses"] == []
        assert len(fought.found["pieces"]) > 20
        for piece in fought.found["pieces"]:
            assert fought.found["text"].count(piece) == 1, f"{piece} is not there once"


@pytest.mark.parametrize("name", ["shared", "own", "impossible"])
def test_nothing_hostile_is_stored(rounds: list[Round], stage: Stage, name: str) -> None:
    for fought in rounds:
        rows = [row.data for row in stage.log(fought.notes[name])]
        admission = Admission(max_units=10**6)
        for row in rows:
            admission.replay(node.unpacked(row), 1)
        replayed = node.replay({name: rows})[name]
        assert "error" not in replayed, replayed["error"]
        assert replayed["vector"] == sorted([client, clock] for client, clock in admission.clocks.items())
        assert replayed["deleted"] == admission.deleted_units
        # Where no order is possible, libraries differ: docs/protocol.md says what that means.
        assert name == "impossible" or document_of(rows).text() == replayed["text"]
        if name == "shared":
            assert replayed["text"] == fought.found["text"]


def memory(pid: int) -> float:
    """Resident, in MB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024
