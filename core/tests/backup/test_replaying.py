"""Histories of unknown origin are read by a child process: whatever becomes of it, the one who asks goes on."""

import lzma
import os
import signal
import zlib

from core.backup.replaying import Replayed, Replayer
from core.tests.services import children_of, wait_until
from notes.documents import text_hash
from notes.packing import numbers
from notes.packing.segment import FILTERS
from realtime.tests.writers import Writer


def rows(count: int) -> tuple[Writer, list[tuple[int, bool, bytes]]]:
    writer = Writer(7)
    return writer, [(number, False, writer.append(f"{number} 🌊 ")) for number in range(1, count + 1)]


def test_a_text_is_what_its_updates_make() -> None:
    writer, updates = rows(30)
    with Replayer() as replayer:
        found = replayer.replay(segments=[], updates=updates, after=0, head=30)
        assert found == Replayed(digest=text_hash(writer.text).hex())
        bad = [*updates[:29], (30, True, b"\xff\xff")]
        assert replayer.replay(segments=[], updates=bad, after=0, head=30).digest not in ("", found.digest)


def test_a_number_that_is_missing_is_told() -> None:
    _, updates = rows(9)
    with Replayer() as replayer:
        for some in (updates[1:], updates[:-1], [*updates[:4], *updates[5:]], [*updates, updates[-1]]):
            assert "its history" in replayer.replay(segments=[], updates=some, after=0, head=9).trouble


def test_a_child_that_dies_condemns_one_note() -> None:
    _, updates = rows(9)
    before = set(children_of(os.getpid()))
    with Replayer() as replayer:
        found = replayer.replay(segments=[], updates=updates, after=0, head=9)
        (child,) = set(children_of(os.getpid())) - before
        os.kill(child, signal.SIGKILL)
        assert "ends or holds up" in replayer.replay(segments=[], updates=updates, after=0, head=9).trouble
        assert replayer.replay(segments=[], updates=updates, after=0, head=9) == found
    wait_until(lambda: set(children_of(os.getpid())) == before, "no child is left")


def test_a_segment_that_swells_is_given_up() -> None:
    """It says that there is more in it than the child may hold."""
    length = 64 * 2**30
    rest = numbers.write((length,)) + lzma.compress(bytes(2**24), lzma.FORMAT_RAW, filters=FILTERS)
    swollen = bytes((1,)) + zlib.crc32(rest).to_bytes(4) + rest
    with Replayer() as replayer:
        assert replayer.replay(segments=[swollen], updates=[], after=0, head=1).trouble
