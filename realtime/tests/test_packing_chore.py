"""A running server packs what has settled by itself, whether anybody has the note open or not."""

import asyncio

import pytest
from django.db import OperationalError

from core.accounts.models import User
from notes.models import Note, Notebook, NoteSegment
from notes.packing.columns import Writing
from notes.services import notes, segments
from notes.tests.logs import snap, whole, write
from realtime import packing
from realtime.registry import Registry
from realtime.tests.client import SECONDS, do


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(packing, "SHARE", 0.9)


@pytest.fixture
def settled(ada: User, networking: Notebook, handshake: Note) -> list[Note]:
    """Three notes with something to pack."""
    found = [handshake, *(notes.create(ada, notebook=networking, title=title, text="Text") for title in "ab")]
    for note in found:
        write(note, [ada], 199)
        snap(note)
    return found


async def all_packed(count: int) -> None:
    async with asyncio.timeout(SECONDS):
        while await NoteSegment.objects.acount() < count:
            await asyncio.sleep(0.01)


async def test_notes_that_nobody_has_open_are_packed(settled: list[Note], rooms: Registry) -> None:
    before = [await do(whole, note) for note in settled]
    await all_packed(3)
    assert [await do(whole, note) for note in settled] == before
    assert not rooms.rooms


async def test_it_is_not_the_servers_interpreter_that_packs(
    settled: list[Note], rooms: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("keystrokes wait for this")

    monkeypatch.setattr(Writing, "add", refuse)
    await all_packed(3)


async def test_all_notes_have_their_turn(settled: list[Note], rooms: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "WINDOW_NOTES", 1)
    await all_packed(3)


async def test_trouble_ends_one_round_only(
    settled: list[Note], rooms: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    due, troubles = segments.due, [OperationalError("away"), RuntimeError("a fault of ours")]

    def fail_at_first(after: int) -> tuple[list[int], int | None]:
        if troubles:
            raise troubles.pop()
        return due(after)

    monkeypatch.setattr(segments, "due", fail_at_first)
    await all_packed(3)
    assert "packing put off" in caplog.text
    assert "packing failed" in caplog.text
