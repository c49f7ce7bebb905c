"""A backup that is made while people type: they are not held up by it, and it is the note at one moment."""

import base64
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.backup.reading import Archive
from core.lib.env import BASE_DIR
from core.tests.servers import Serve, Server
from core.tests.services import Postgres
from notes.packing import unpack
from realtime.tests.peers import node
from realtime.tests.peers.node import Host, Peer, converge
from realtime.tests.peers.stage import Stage

pytestmark = pytest.mark.node

TYPING_MS = 20
LONG = 400_000  # characters of a note that does not fit into a pipe, however small it is made


def test_nobody_waits_for_a_backup_and_it_is_of_one_moment(serve: Serve, host: Host, tmp_path: Path) -> None:
    type_beside_a_backup(serve(LOG_LEVEL="WARNING"), host, tmp_path)


@pytest.mark.postgres
def test_the_same_holds_on_postgresql(serve: Serve, host: Host, tmp_path: Path, postgres: Postgres) -> None:
    type_beside_a_backup(serve(postgres=postgres, LOG_LEVEL="WARNING"), host, tmp_path)


def type_beside_a_backup(server: Server, host: Host, tmp_path: Path) -> None:
    """It stands in the middle, since nobody takes what it writes; and they type on."""
    with Stage(server) as stage:
        large, note = stage.notes([noise(), "Here we go. 🌊>"])
        stage.pack(large)  # which comes after the heads of all notes, and before the rows of this one
        writers = [host.peer(stage.person(name), server, note) for name in ("Ada", "Ben")]
        for writer in writers:
            writer.start_typing(TYPING_MS)
        wait_for_stored(writers, 20)
        before = host.states()
        command = [sys.executable, "manage.py", "backup", "--to", "-"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=BASE_DIR, env=server.environment, stdout=pipe, stderr=pipe) as backup:
            assert backup.stdout is not None
            begun = backup.stdout.read(1)
            wait_for_stored(writers, 50)
            assert backup.poll() is None, "it did not wait for anybody to take it"
            during = host.states()
            path = tmp_path / "backup.zip"
            path.write_bytes(begun + backup.stdout.read())
        assert backup.returncode == 0
        for writer in writers:
            writer.stop_typing()
        end = converge(*writers, seconds=30)
        compare(path, note, before, during, end)
        assert texts(path)[large] == texts_now(stage, large)
    assert "is whole" in server.manage("backup", "--check", str(path))
    assert "Traceback" not in server.log, server.log[-3000:]


def noise() -> str:
    """A text that cannot be made small."""
    dice = random.Random(7)
    return "".join(chr(dice.randrange(0x4E00, 0x9000)) for _ in range(LONG))


def wait_for_stored(writers: list[Peer], units: int) -> None:
    """Each has so many units more in the database."""
    for writer in writers:
        until = writer.state["acked"] + units
        writer.waits(lambda state, until=until: state["acked"] >= until, "is stored", 60)  # type: ignore[misc]


def compare(path: Path, note: str, before: Mapping[str, Any], during: Mapping[str, Any], end: str) -> None:
    """What was stored before it began is in it, and it is a beginning of what came to be in the end."""
    found = node.replay({note: rows_of(path)[note]})[note]
    assert "error" not in found, found["error"]
    clocks = dict(map(tuple, found["vector"]))
    for name, state in before.items():
        assert clocks.get(state["client"], 0) >= state["acked"] > 0, f"{name}'s words are missing"
    assert any(clocks[state["client"]] < state["acked"] for state in during.values()), "it is of a later moment"
    assert all(piece in end for piece in found["text"].split(">"))


def rows_of(path: Path) -> dict[str, list[str]]:
    """By note: its updates in base64, unpacked."""
    with path.open("rb") as file, Archive(file) as archive:
        names = {row["id"]: row["public_id"] for row in archive.rows("notes.Note")}
        found: dict[str, list[str]] = {name: [] for name in names.values()}
        for row in archive.rows("notes.NoteSegment"):
            for update in unpack(base64.b64decode(row["data"])):
                found[names[row["note_id"]]].append(base64.b64encode(update.data).decode())
        for row in archive.rows("notes.NoteUpdate"):
            found[names[row["note_id"]]].append(row["data"])
    return found


def texts(path: Path) -> dict[str, str]:
    return {note: found["text"] for note, found in node.replay(rows_of(path)).items()}


def texts_now(stage: Stage, note: str) -> str:
    return str(node.replay({note: [row.data for row in stage.log(note)]})[note]["text"])
