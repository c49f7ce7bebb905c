"""Two processes are replaced one after the other while people write, as in an upgrade: nothing is lost or doubled."""

from functools import partial

import pytest

from core.tests.servers import Server
from core.tests.services import wait_until
from realtime.tests.peers.lines import ChildError
from realtime.tests.peers.node import Host, Peer, converge
from realtime.tests.peers.stage import Stage
from realtime.tests.peers.test_two_processes import here, pair, stage, there

__all__ = ["here", "pair", "stage", "there"]

pytestmark = [pytest.mark.node, pytest.mark.redis, pytest.mark.postgres]

RESTARTING = 1012
MUCH = 60  # pieces between two restarts


def finds_way(peer: Peer, server: Server) -> bool:
    """As behind a balancer, which sends whoever comes back to a process that takes people."""
    if not peer.state["online"]:
        try:
            peer.move_to(server)
        except ChildError:
            return False
    return True


def test_writing_goes_on_through_an_upgrade(here: Server, there: Server, stage: Stage, host: Host) -> None:
    note = stage.note("Before. ")
    ada, ben = host.peer(stage.person("Ada"), here, note), host.peer(stage.person("Ben"), there, note)
    writers = (ada, ben)
    for writer in writers:
        writer.start_typing(every=30)

    def write_on() -> None:
        for writer in writers:
            before = writer.text.count(">")
            writer.waits(lambda state, before=before: state["text"].count(">") > before + MUCH, "sees more", 60)  # type: ignore[misc]

    write_on()
    for old, other in ((here, there), (there, here)):
        assert old.stop() == 0
        for writer in writers:
            wait_until(partial(finds_way, writer, other), "finds the process that is up", 60)
        write_on()
        old.start()
        write_on()
    pieces = [piece for writer in writers for piece in writer.stop_typing()]
    fresh = [host.peer(stage.person(name), server, note) for name, server in (("Dora", here), ("Emil", there))]
    text = converge(*writers, *fresh, seconds=60)
    assert [piece for piece in pieces if text.count(piece) != 1] == []
    assert text.count("Before. ") == 1
    for writer in writers:
        assert set(writer.state["closes"]) == {RESTARTING}, "sent away by name, and only then"
        assert writer.state["refusals"] == []
