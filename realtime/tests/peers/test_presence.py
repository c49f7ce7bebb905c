"""Cursors and faces, as real clients see them."""

import time
from typing import Any

import pytest

from core.tests.servers import Server
from core.tests.services import wait_until
from realtime.tests.peers.node import Host, Peer, converge
from realtime.tests.peers.stage import Stage

pytestmark = pytest.mark.node

SILENCE = 1.0


def test_nobody_is_told_about_themselves(server: Server, stage: Stage, host: Host) -> None:
    """Clients echo what they are told of themselves; two who move at once would go on for ever."""
    note = stage.note("Move along.")
    peers = [host.peer(stage.person(name), server, note, present=True) for name in ("Ada", "Ben", "Dora", "Emil")]
    for peer in peers:
        peer.start_typing(every=15)
    peers[0].waits(lambda state: state["text"].count(">") > 150, "sees much", seconds=60)
    for peer in peers:
        peer.stop_typing()
    converge(*peers)
    wait_for_silence(peers, seconds=5)
    for peer in peers:
        assert peer.state["own"] == {"cursor": peer.state["own"]["cursor"]}, "what it says of itself was overwritten"


def test_a_forged_name_is_replaced_by_the_account_s(server: Server, stage: Stage, host: Host) -> None:
    note = stage.note("Who is who?")
    ada = host.peer(stage.person("Ada"), server, note, present=True)
    ben = host.peer(stage.person("Ben"), server, note, present=True)
    ben.say({"user": {"name": "Ada", "id": "forged", "colour": 99}, "cursor": None, "more": "x"})
    ada.waits(lambda _: ada.people == ["Ben"], "sees Ben")
    (state,) = ada.state["others"].values()
    assert set(state) == {"user", "cursor"}
    assert state["user"].keys() == {"id", "name", "colour"}


def test_a_cursor_that_is_none_is_shown_to_nobody(server: Server, stage: Stage, host: Host) -> None:
    note = stage.note("Where?")
    ada = host.peer(stage.person("Ada"), server, note, present=True)
    ben = host.peer(stage.person("Ben"), server, note, present=True)
    nowhere = {"item": None, "tname": None, "type": None, "assoc": 0}
    cursors: list[Any] = [{"anchor": nowhere, "head": nowhere}, {"anchor": {}, "head": {}}, {"anchor": None}]
    for cursor in cursors:
        ben.cursor(3)
        ada.waits(lambda state: any(other["cursor"] for other in state["others"].values()), "sees a cursor")
        ben.say({"cursor": cursor})
        ada.waits(lambda state: not any(other["cursor"] for other in state["others"].values()), "sees none")


def wait_for_silence(peers: list[Peer], seconds: float) -> None:
    heard, since = -1, time.monotonic()

    def silent() -> bool:
        nonlocal heard, since
        total = sum(peer.state["heard"] for peer in peers)
        if total != heard:
            heard, since = total, time.monotonic()
        return time.monotonic() - since > SILENCE

    wait_until(silent, "nobody says anything any more", seconds)
