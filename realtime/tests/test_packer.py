"""The process that packs may end at any moment, however it ends: the log stays whole, and is packed another time."""

import asyncio
import logging
import os
import re
import sys
from typing import Any

import pytest
import uvloop

from core.accounts.models import User
from core.tests.services import children_of, is_running
from notes.models import Note, NoteSegment
from notes.packing.pressing import PackingError
from notes.tests.logs import snap, whole, write
from realtime import packer, packing
from realtime.registry import Registry
from realtime.tests.client import SECONDS, do, until

KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
KILLED_WHILE_IT_LISTENS = f"import sys; sys.stdin.buffer.read(1); {KILLED}"
FAILED = "raise SystemExit(3)"
SILENT = "import signal; signal.pause()"
LOST = "import sys; sys.stdin.buffer.read()"  # what is answered when the updates would not come back


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(packing, "SHARE", 0.9)


@pytest.fixture
def settled(ada: User, handshake: Note) -> Note:
    write(handshake, [ada], 199)
    snap(handshake)
    return handshake


def becomes(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """What the child does from now on."""
    monkeypatch.setattr(packer, "COMMAND", (sys.executable, "-c", program))


async def is_packed(note: Note) -> None:
    async with asyncio.timeout(SECONDS):
        while not await NoteSegment.objects.filter(note=note).aexists():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (KILLED, "status -9"),
        (KILLED_WHILE_IT_LISTENS, "status -9"),
        (FAILED, "status 3"),
        (SILENT, "gave no answer for 0.2 s and was ended"),
    ],
)
async def test_it_is_tried_again_and_nothing_is_lost(
    settled: Note,
    rooms: Registry,
    program: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = await do(whole, settled)
    with monkeypatch.context() as broken:
        broken.setattr(packer, "ANSWER_SECONDS", 0.2)
        becomes(broken, program)
        await until(lambda: said in caplog.text, "it is told in the log")
    assert f"note {settled.pk} " in caplog.text
    assert await do(whole, settled) == before
    await is_packed(settled)
    assert await do(whole, settled) == before


async def test_one_that_cannot_be_started_is_told_of(
    settled: Note, rooms: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(packer, "COMMAND", ("/nowhere/python",))
        await until(lambda: "could not be started" in caplog.text, "it is told in the log")
    await is_packed(settled)


async def test_it_is_tried_less_and_less_often_until_it_works_again(
    settled: Note, rooms: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def pauses() -> list[str]:
        return re.findall(r"tried again in (\S+) s", caplog.text)

    monkeypatch.setattr(packing, "LONGEST_PAUSE_SECONDS", 0.05)
    with monkeypatch.context() as broken:
        becomes(broken, FAILED)
        await until(lambda: len(pauses()) >= 4, "it was tried often")
    assert pauses()[:4] == ["0.02", "0.04", "0.05", "0.05"]
    await is_packed(settled)
    caplog.clear()
    becomes(monkeypatch, FAILED)
    await do(write, settled, [None], 250)
    await do(snap, settled)
    await until(lambda: bool(pauses()), "it fails again")
    assert pauses()[0] == "0.02"


async def test_what_would_not_come_back_stays_in_rows(
    settled: Note, rooms: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    becomes(monkeypatch, LOST)
    await until(lambda: "stays unpacked" in caplog.text, "it is told in the log")
    assert not await NoteSegment.objects.aexists()
    (record, *_) = [record for record in caplog.records if "stays unpacked" in record.message]
    assert record.levelno == logging.ERROR
    assert record.exc_info
    assert record.exc_info[0] is PackingError


async def test_it_ends_with_the_server(settled: Note, rooms: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    becomes(monkeypatch, SILENT)
    others = set(children_of(os.getpid()))
    await until(lambda: bool(set(children_of(os.getpid())) - others), "it has begun")
    (child,) = set(children_of(os.getpid())) - others
    await rooms.close()
    assert not is_running(child)


def test_one_that_ends_before_it_is_given_its_work_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the event loop of the server, which calls that neither a broken pipe nor a reset connection."""
    start = asyncio.create_subprocess_exec

    async def slowly(*command: str, **options: Any) -> asyncio.subprocess.Process:
        child = await start(*command, **options)
        await child.wait()
        assert child.stdin
        while not child.stdin.is_closing():
            await asyncio.sleep(0)
        return child

    becomes(monkeypatch, KILLED)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", slowly)
    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        pytest.raises(packer.PackerEndedError, match="status -9"),
    ):
        runner.run(packer.press(b"work"))
