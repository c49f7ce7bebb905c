"""One client id that says two different things under the same numbers: the first holds, and the liar is found out."""

from core.tests.servers import Serve
from realtime.tests.peers.node import Host, converge
from realtime.tests.peers.stage import Stage

EQUAL, DIFFERENT = 0, 1


def test_the_first_word_holds_and_the_check_tells_the_liar(serve: Serve, host: Host) -> None:
    server = serve(LOG_LEVEL="WARNING")
    with Stage(server) as stage:
        note = stage.note("Who said what? ")
        mallory = stage.person("Mallory")
        honest = host.peer(stage.person("Ada"), server, note)
        one, other = (host.peer(mallory, server, note, client=4711) for _ in range(2))
        converge(honest, one, other)
        other.leave()
        one.type("yes")
        other.type("not")
        assert converge(honest, one) == "Who said what? yes"

        other.connect()
        other.waits(lambda state: state["settled"], "has said everything")
        assert converge(honest, one) == "Who said what? yes", "nothing of the second is taken"
        for peer, verdict in ((honest, EQUAL), (one, EQUAL), (other, DIFFERENT)):
            peer.act("check")
            peer.waits(lambda state, verdict=verdict: state["verdict"] == verdict, "is told")  # type: ignore[misc]
        other.type(" never")
        honest.type(" Go on.")
        assert "yes" in converge(honest, one)
        assert "not" not in honest.text
