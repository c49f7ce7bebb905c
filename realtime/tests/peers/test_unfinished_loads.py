"""A process that died while it loaded notes leaves doubts about them, and doubts must cost nobody a word."""

import pytest

from core.tests.servers import Server
from realtime.tests.peers.node import Host
from realtime.tests.peers.stage import Stage

pytestmark = [pytest.mark.node, pytest.mark.slow]

NOTES = 30


def test_many_notes_that_are_doubted_at_once_all_open_whole(server: Server, stage: Stage, host: Host) -> None:
    ada = stage.person("Ada")
    notes = stage.notes([f"Note {number}. 🌊" for number in range(NOTES)])
    stage.mark(notes)

    peers = [host.peer(ada, server, note, connect=False) for note in notes]
    host.ask("connectAll", peers=[peer.name for peer in peers])

    for number, (peer, note) in enumerate(zip(peers, notes, strict=True)):
        peer.waits(lambda state: state["online"], "is in", seconds=60)
        peer.waits(lambda state: state["text"] != "", "has the text")
        assert peer.text == f"Note {number}. 🌊"
        assert [row.seq for row in stage.log(note) if row.quarantined] == []
