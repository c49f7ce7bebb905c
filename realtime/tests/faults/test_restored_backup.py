"""Somebody puts back the database as it was while browsers hold what was written since: each brings its own again."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.tests.servers import Serve
from realtime.tests.peers.node import Host, converge
from realtime.tests.peers.stage import Stage

WORDS = ("first ", "hers ", "his ")


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.mark.parametrize("order", [("Ada", "Ben"), ("Ben", "Ada")], ids=" before ".join)
def test_each_author_brings_back_what_the_backup_lacks(serve: Serve, host: Host, order: tuple[str, str]) -> None:
    """Ben holds words of Ada's too. They are not taken from him, and he has not lost them when she has come."""
    server = serve(LOG_LEVEL="WARNING")
    with Stage(server) as stage:
        note = stage.note("It began here. ")
        people = {name: stage.person(name) for name in ("Ada", "Ben")}
        peers = {name: host.peer(person, server, note) for name, person in people.items()}
        peers["Ada"].type("first ")
        converge(*peers.values())
        now, then = server.data_dir / "commonplace.sqlite3", server.data_dir / "then.sqlite3"
        copy(now, then)
        peers["Ada"].type("hers ")
        converge(*peers.values())
        peers["Ben"].type("his ")
        text = converge(*peers.values())
        server.kill()
        copy(then, now)
        server.start()
        for name in order:
            peers[name].connect()
            peers[name].waits(lambda state: state["settled"], "has said everything")
        peers["Ben"].leave()
        peers["Ben"].connect()
        new = host.peer(people["Ada"], server, note)
        assert converge(*peers.values(), new) == text
        assert [text.count(word) for word in WORDS] == [1] * len(WORDS)
    assert "Traceback" not in server.log, server.log[-3000:]
