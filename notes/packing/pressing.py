"""The part of packing that takes its time, and needs nothing but what it is given: from updates to a proven segment.

A tenth of a second for a full segment, in which it holds the interpreter. So a server has it done by another process
(`notes.packing.worker`); the bytes that go there and come back are made and read here.
"""

import struct
from array import array
from collections.abc import Sequence
from datetime import timedelta
from itertools import batched
from typing import NamedTuple

from notes.packing.segment import EPOCH, MICROSECOND, DamagedSegmentError, LoggedUpdate, pack, sealed, unpack

NUMBER = "q"  # of 8 bytes, as this machine has them: both processes are on it
COUNTS = struct.Struct("=qqq")  # most bytes, bytes of the segment before (NOBODY: there is none), updates
ANSWER = struct.Struct("=??")
COLUMNS = 6
NOBODY = -1


class PackingError(Exception):
    """A fault of ours: a segment would lose something. The updates stay where they are."""


class Load(NamedTuple):
    """Updates that are to be packed, and the segment before them if they may join it."""

    before: bytes | None
    updates: Sequence[LoggedUpdate]
    most_bytes: int  # of the updates of both together


class Pressed(NamedTuple):
    data: bytes
    joined: bool  # what the segment before held is in this one, too
    damaged: bool  # the segment before cannot be read


def press(load: Load) -> Pressed:
    """Raises PackingError."""
    inside, damaged = _inside(load.before)
    together = [*inside, *load.updates]
    joined = bool(inside) and sum(len(update.data) for update in together) <= load.most_bytes
    if not joined:
        together = list(load.updates)
    data = pack(together)
    # What is thrown away after this is thrown away for ever.
    if unpack(data) != together:
        raise PackingError(f"updates {together[0].seq} to {together[-1].seq} do not come back")
    return Pressed(data, joined, damaged)


def _inside(segment: bytes | None) -> tuple[list[LoggedUpdate], bool]:
    """What a segment holds, and whether it is damaged: what comes after it must not suffer."""
    try:
        return (unpack(segment) if segment is not None else []), False
    except DamagedSegmentError:
        return [], True


# --- On the way to another process and back ----------------------------------------------------------------------


def told(load: Load) -> bytes:
    """In columns: a server does this between keystrokes, and so it takes a fifth of the time."""
    seqs, datas, authors, origins, moments, quarantined = zip(*load.updates, strict=True)
    columns = (
        array(NUMBER, seqs),
        array(NUMBER, map(len, datas)),
        array(NUMBER, [NOBODY if author is None else author for author in authors]),
        array(NUMBER, origins),
        array(NUMBER, [(moment - EPOCH) // MICROSECOND for moment in moments]),
        array(NUMBER, quarantined),
    )
    counts = COUNTS.pack(load.most_bytes, NOBODY if load.before is None else len(load.before), len(datas))
    return b"".join((counts, load.before or b"", *columns, *datas))


def heard(request: bytes) -> Load:
    """Raises ValueError when it is not whole: who sent it is gone."""
    if len(request) < COUNTS.size:
        raise ValueError("a part of a load")
    most_bytes, before_bytes, count = COUNTS.unpack_from(request)
    start = COUNTS.size + max(before_bytes, 0)
    before = None if before_bytes == NOBODY else request[COUNTS.size : start]
    at = start + COLUMNS * count * array(NUMBER).itemsize
    if len(request) < at:
        raise ValueError("a part of a load")
    numbers = array(NUMBER, request[start:at])
    updates = []
    for seq, length, author, origin, moment, quarantined in zip(*batched(numbers, count), strict=True):
        data, at = request[at : at + length], at + length
        author_id = None if author == NOBODY else author
        created_at = EPOCH + timedelta(microseconds=moment)
        updates.append(LoggedUpdate(seq, data, author_id, origin, created_at, bool(quarantined)))
    if at != len(request):
        raise ValueError("a part of a load")
    return Load(before, updates, most_bytes)


def answer_to(request: bytes) -> bytes:
    """What the other process does. Empty when updates would be lost. Raises ValueError as `heard`."""
    load = heard(request)
    # What was misheard would come back from a segment as it was heard, and the rows would be gone.
    if told(load) != request:
        return b""
    try:
        pressed = press(load)
    except PackingError:
        return b""
    return ANSWER.pack(pressed.joined, pressed.damaged) + pressed.data


def answered(received: bytes) -> Pressed:
    """Raises PackingError."""
    if not received:
        raise PackingError("updates do not come back")
    pressed = Pressed(received[ANSWER.size :], *ANSWER.unpack_from(received))
    try:
        sealed(pressed.data)
    except ValueError as error:
        raise PackingError("a segment was damaged on its way") from error
    return pressed
