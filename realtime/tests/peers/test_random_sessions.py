"""Random sessions of real Yjs clients against the server: whatever they do, all hold the same in the end.

SESSIONS=20000 plays more, SEED=7 SESSIONS=1 plays one again. What is drawn depends on the seed alone; how the
network mixes it does not, so a failure may need some repeats.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from core.tests.servers import Server, Templates, servers
from notes.documents import Document
from notes.models import Origin
from notes.packing import LoggedUpdate, pack, unpack
from realtime.protocol import read_state_vector
from realtime.tests.peers import node
from realtime.tests.peers.stage import Row, Stage

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.timeout(0)]

SESSIONS = int(os.environ.get("SESSIONS", "1000"))
SEED = int(os.environ.get("SEED", random.randrange(10**6)))
AT_ONCE = 40
BEGINNINGS = ("", "", "", "Water 🌊 finds its level.\n", "# 東京\n\n" + "naïve 😀 " * 200)


@pytest.fixture(scope="module")
def server(_templates: Templates) -> Iterator[Server]:
    with servers(_templates) as running:
        yield running.serve(LOG_LEVEL="WARNING", SOCKETS_PER_USER="1000")


@pytest.fixture(scope="module")
def played(server: Server, stage: Stage, packages: None) -> list[dict[str, Any]]:
    """What each session ended with: seed, note, vector, deleted, text."""
    notes = stage.notes([BEGINNINGS[(SEED + number) % len(BEGINNINGS)] for number in range(SESSIONS)])
    sessions = [{"note": note, "seed": SEED + number} for number, note in enumerate(notes)]
    people = {role: [stage.person(name, role) for name in names] for role, names in CAST.items()}
    house = node.where(server) | {
        part: [{"name": person.name, "cookie": person.cookie} for person in people[role]]
        for part, role in (("writers", "editor"), ("readers", "viewer"))
    }
    print(f"\n{SESSIONS} sessions from seed {SEED} on")
    return list(node.stream("sessions.js", {"house": house, "sessions": sessions, "atOnce": AT_ONCE}))


CAST = {"editor": ["Ada", "Ben", "Dora", "Emil"], "viewer": ["Cleo"]}


def test_every_session_ends_with_the_same_everywhere(played: list[dict[str, Any]]) -> None:
    failed = [session for session in played if "error" in session]
    kinds = Counter(session["error"].splitlines()[0] for session in failed)
    told = "\n".join(f"seed {session['seed']}: {session['error']}" for session in failed[:3])
    assert not failed, f"{len(failed)} of {len(played)} failed: {dict(kinds)}; again: SEED=... SESSIONS=1\n{told}"
    assert len(played) == SESSIONS


@pytest.fixture(scope="module")
def rows(played: list[dict[str, Any]], stage: Stage) -> dict[str, list[Row]]:
    """The log of each session."""
    return {session["note"]: stage.log(session["note"]) for session in played}


def test_the_log_of_each_session_says_the_same(played: list[dict[str, Any]], rows: dict[str, list[Row]]) -> None:
    logs = {note: [row.data for row in log] for note, log in rows.items()}
    replayed = node.replay(logs)
    for session in played:
        if "error" in session:
            continue
        found = replayed[session["note"]]
        assert "error" not in found, f"seed {session['seed']}: {found['error']}"
        for figure in ("vector", "deleted", "text"):
            assert found[figure] == session[figure], f"seed {session['seed']}: {figure} of the log in Yjs"
        document = document_of(logs[session["note"]])
        assert document.text() == session["text"], f"seed {session['seed']}: text of the log in pycrdt"
        vector = sorted(list(pair) for pair in read_state_vector(document.state_vector()).items())
        assert vector == session["vector"], f"seed {session['seed']}: state vector of the log in pycrdt"


def test_the_log_of_each_session_comes_back_from_a_segment(rows: dict[str, list[Row]]) -> None:
    for number, log in enumerate(rows.values()):
        if log:
            logged = [
                LoggedUpdate(
                    row.seq,
                    node.unpacked(row.data),
                    row.author,
                    Origin.SOCKET,
                    datetime.fromisoformat(row.at),
                    row.quarantined,
                )
                for row in log
            ]
            assert unpack(pack(logged)) == logged, f"seed {SEED + number}"


def test_the_server_lives_and_has_nothing_to_complain_of(played: list[dict[str, Any]], server: Server) -> None:
    assert server.process is not None
    assert server.process.poll() is None
    assert "error" not in server.log.lower(), server.log[-3000:]


def document_of(rows: list[str]) -> Document:
    document = Document()
    for row in rows:
        document.apply(node.unpacked(row))
    return document
