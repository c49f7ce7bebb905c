"""A long note with a long history: typed in, opened while it is in memory, and after a restart."""

import asyncio
import functools
import statistics
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks import traces
from benchmarks.load.crowd import Crowd, Room
from benchmarks.load.figure import COLD, HELD, TYPED, WARM, Figure, Figures
from benchmarks.load.hosts.host import Host
from benchmarks.load.keys import SEEDER
from benchmarks.load.machine import cpu_of
from benchmarks.load.scenarios.wishes import Wishes
from benchmarks.load.spans import spans
from benchmarks.load.visitor import Visitor
from realtime import protocol

EDITS = 150_000  # of the trace that is made by rule: a note of 100,000 characters
TOGETHER = 100  # edits in an update
UNDER_WAY = 64  # updates that the reader has not seen
OPENINGS = 5
PATIENCE = 20.0
SETTLES_SECONDS = 3.0  # in which a server may store what it keeps back


@dataclass(frozen=True)
class Story:
    """Updates, how far somebody has heard who knows the note up to there, and what whoever knows all of it holds."""

    updates: list[bytes]
    heard: list[tuple[int, int]]  # client id and clock
    everything: dict[int, int]


async def long_note(host: Host, wishes: Wishes) -> Figures:
    story = _story(wishes.trace)
    crowd = Crowd(host)
    await crowd.open(1, 2, characters=1)
    (room,) = crowd.rooms
    writer, reader = room.visitors
    used = cpu_of(host.pids)
    await _type(story, writer, reader)
    found: Figures = {TYPED: Figure(cpu_of(host.pids) - used)}
    warm = [await _open(room, story.everything) for _ in range(OPENINGS)]
    found[WARM] = Figure(statistics.median(seconds for seconds, _ in warm) * 1_000)
    await crowd.leave()
    await asyncio.sleep(SETTLES_SECONDS)
    host.stop()
    host.start()
    seconds, held = await _open(room, story.everything)
    found[COLD] = Figure(seconds * 1_000)
    kept = sum(min(held.get(client, 0), clock) for client, clock in story.everything.items())
    found[HELD] = Figure(100 * kept / sum(story.everything.values()))
    await crowd.leave()
    return found


@functools.cache
def _story(trace: Path | None) -> Story:
    edits, _ = traces.recorded(trace) if trace else traces.made_by_rule(EDITS)
    story = Story([], [], {SEEDER: 1})
    client, clock = SEEDER, 1
    for _, update in traces.typed(edits, TOGETHER):
        for client, _, clock in spans(update):  # the last one: an update that only deletes has none
            story.everything[client] = clock
        story.updates.append(update)
        story.heard.append((client, clock))
    return story


async def _type(story: Story, writer: Visitor, reader: Visitor) -> None:
    """Raises TimeoutError when the reader hears nothing any more."""
    for number, update in enumerate(story.updates):
        writer.send(writer.door.framed(protocol.update(update)))
        if number >= UNDER_WAY:
            await _hears(reader, *story.heard[number - UNDER_WAY])
    await _hears(reader, *story.heard[-1])


async def _hears(reader: Visitor, client: int, clock: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while reader.held.get(client, 0) < clock:
            await asyncio.sleep(0.001)


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
