"""The client that everybody uses, y-websocket 3 from npm, is at home here."""

import pytest

from core.tests.servers import Server
from realtime.tests.peers.node import Host, converge
from realtime.tests.peers.stage import Stage

pytestmark = pytest.mark.node


def test_it_joins_edits_and_converges_with_another(server: Server, stage: Stage, host: Host) -> None:
    note = stage.note("Water finds its level. 🌊\n")
    ada = host.peer(stage.person("Ada"), server, note, stock=True)
    ben = host.peer(stage.person("Ben"), server, note, stock=True)
    ada.waits(lambda state: state["online"], "has synced")
    ben.waits(lambda state: state["online"], "has synced")

    ada.type("Ada wrote this. ")
    ben.type("Ben wrote that. 👩‍👩‍👧", at=0)

    text = converge(ada, ben)
    assert text.startswith("Ben wrote that. 👩‍👩‍👧Water finds its level. 🌊\n")
    assert text.endswith("Ada wrote this. ")


def test_it_converges_with_our_own_client(server: Server, stage: Stage, host: Host) -> None:
    note = stage.note()
    ada = host.peer(stage.person("Ada"), server, note, stock=True)
    ben = host.peer(stage.person("Ben"), server, note)
    ada.waits(lambda state: state["online"], "has synced")

    ada.type("one ")
    ben.type("two ")

    assert sorted(converge(ada, ben).split()) == ["one", "two"]


def test_it_sees_who_is_here_by_the_names_of_their_accounts(server: Server, stage: Stage, host: Host) -> None:
    note = stage.note("Here we are.")
    ada = host.peer(stage.person("Ada"), server, note, stock=True)
    ben = host.peer(stage.person("Ben"), server, note, stock=True)

    ada.waits(lambda _: ada.people == ["Ben"], "sees Ben")
    ben.waits(lambda _: ben.people == ["Ada"], "sees Ada")

    ben.leave()
    ada.waits(lambda _: ada.people == [], "sees Ben go")


def test_it_comes_back_after_a_restart_with_what_was_typed_meanwhile(server: Server, stage: Stage, host: Host) -> None:
    note = stage.note()
    ada = host.peer(stage.person("Ada"), server, note, stock=True)
    ben = host.peer(stage.person("Ben"), server, note, stock=True)
    ada.waits(lambda state: state["online"], "has synced")
    ben.waits(lambda state: state["online"], "has synced")
    ada.type("before, ")
    converge(ada, ben)

    server.stop()
    ada.waits(lambda state: not state["online"], "is offline")
    ada.type("meanwhile, ")
    server.start()

    assert converge(ada, ben, seconds=20) == "before, meanwhile, "
    assert 1012 in ada.state["closes"], "the server did not say goodbye"


def test_a_reader_follows_and_may_not_write(server: Server, stage: Stage, host: Host) -> None:
    note = stage.note("Read me. ")
    ada = host.peer(stage.person("Ada"), server, note, stock=True)
    cleo = host.peer(stage.person("Cleo", "viewer"), server, note, stock=True)
    ada.waits(lambda state: state["online"], "has synced")
    cleo.waits(lambda state: state["online"], "has synced")
    ada.type("More. ")
    assert converge(ada, cleo) == "Read me. More. "

    cleo.type("I was here.")

    cleo.waits(lambda state: 4403 in state["closes"], "is turned away")
    assert ada.text == "Read me. More. "
    assert len(stage.log(note)) == 2
