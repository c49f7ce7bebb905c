"""A note with a hundred thousand edits behind it: typed in, opened while it is in memory, and after a restart."""

import asyncio
import random
import statistics
import time
from contextlib import suppress

from benchmarks.load.crowd import Crowd, Room
from benchmarks.load.figure import COLD, HELD, TYPED, WARM, Figure, Figures
from benchmarks.load.hosts.host import Host
from benchmarks.load.keys import SEEDER
from benchmarks.load.machine import cpu_of
from benchmarks.load.scenarios.wishes import Wishes
from benchmarks.load.visitor import Visitor
from realtime import protocol
from realtime.protocol import varint

CHARACTERS = 20_000  # of the first text
UPDATES, EDITS = 1_000, 100  # edits in each update
UNDER_WAY = 64  # updates that the reader has not seen
OPENINGS = 5
PATIENCE = 20.0
SETTLES_SECONDS = 3.0  # in which a server may store what it keeps back


async def long_note(host: Host, _: Wishes) -> Figures:
    crowd = Crowd(host)
    await crowd.open(1, 2, 0, CHARACTERS)
    (room,) = crowd.rooms
    writer, reader = room.visitors
    used = cpu_of(host.pids)
    await _type(writer, reader)
    found: Figures = {TYPED: Figure(cpu_of(host.pids) - used)}
    everything = {SEEDER: CHARACTERS, writer.client_id: UPDATES * EDITS}
    warm = [await _open(room, everything) for _ in range(OPENINGS)]
    found[WARM] = Figure(statistics.median(seconds for seconds, _ in warm) * 1_000)
    await crowd.leave()
    await asyncio.sleep(SETTLES_SECONDS)
    host.stop()
    host.start()
    seconds, held = await _open(room, everything)
    found[COLD] = Figure(seconds * 1_000)
    found[HELD] = Figure(100 * held.get(writer.client_id, 0) / (UPDATES * EDITS))
    await crowd.leave()
    return found


async def _type(writer: Visitor, reader: Visitor) -> None:
    """Raises TimeoutError when the reader hears nothing any more."""
    place = random.Random(5)
    for number in range(UPDATES):
        writer.send(writer.door.framed(protocol.update(_edits(writer.client_id, number * EDITS, place))))
        async with asyncio.timeout(PATIENCE):
            while number * EDITS - reader.held.get(writer.client_id, 0) > UNDER_WAY * EDITS:
                await asyncio.sleep(0.001)
    async with asyncio.timeout(PATIENCE):
        while reader.held.get(writer.client_id, 0) < UPDATES * EDITS:
            await asyncio.sleep(0.001)


def _edits(client: int, clock: int, place: random.Random) -> bytes:
    """One update of single characters, each somewhere in the first text."""
    structs = []
    for _ in range(EDITS):
        right = place.randrange(1, CHARACTERS)
        structs.append(b"\xc4" + b"".join(map(varint, (SEEDER, right - 1, SEEDER, right))) + b"\x01x")
    return b"\x01" + varint(EDITS) + varint(client) + varint(clock) + b"".join(structs) + b"\x00"


async def _open(room: Room, everything: dict[int, int]) -> tuple[float, dict[int, int]]:
    """Seconds from the first packet to the last byte of what is wanted, or not a number; and what there was."""
    started = time.perf_counter()
    visitor = await room.knock(everything, PATIENCE)
    took = float("nan")
    with suppress(TimeoutError):
        took = await asyncio.wait_for(asyncio.shield(visitor.synced), PATIENCE) - started
    visitor.leave()
    room.visitors.remove(visitor)
    return took, visitor.held
