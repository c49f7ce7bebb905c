"""Typing at a steady pace for a while, and what came of it."""

import asyncio
import gc
import time
from array import array
from dataclasses import dataclass
from operator import itemgetter

from benchmarks.figures import percentile
from benchmarks.load.crowd import Crowd, Room
from benchmarks.load.keys import Typist
from benchmarks.load.machine import Sample
from benchmarks.load.visitor import Visitor

CURSOR_EVERY = 0.1  # seconds at least between two words of a typist on where the cursor is; it moves with every key
TURN = 0.001  # how long the generator sleeps between two looks at the clock
HEAD_START = 0.05


@dataclass(frozen=True)
class Window:
    """Latencies in milliseconds; CPU in seconds, over the window and the time until the last delivery."""

    rate: float
    sent: int
    expected: int
    delivered: int
    p50: float
    p99: float
    late: float  # p99 of how late the generator itself sent
    frames: int
    server_cpu: float
    services_cpu: float
    others_share: float  # of the whole machine, used by neither server, services nor generator
    generator_share: float  # of one CPU

    @property
    def whole(self) -> bool:
        return self.delivered == self.expected

    @property
    def cpu_per_1000(self) -> float:
        return self.server_cpu / max(1, self.sent) * 1_000

    @property
    def services_cpu_per_1000(self) -> float:
        return self.services_cpu / max(1, self.sent) * 1_000


@dataclass
class Job:
    """One typist at work; `keys` are the moments at which to press one, in seconds from the start."""

    who: Visitor
    typist: Typist
    room: Room


async def type_for(crowd: Crowd, rate: float, seconds: float, *, warm: float, drain: float) -> Window:
    """`rate` updates a second in all; those of the first `warm` seconds are not counted.

    Waits for what is under way, at most `drain` seconds.
    """
    jobs = [Job(who, typist, room) for room in crowd.rooms for who, typist in room.typing()]
    events = _plan(crowd, jobs, rate, warm + seconds)
    for room in crowd.rooms:
        room.arrivals.clear()
    _collect()
    late, begun = await _type(crowd, jobs, events, warm)
    expected = sum((job.typist.last - job.typist.first) * (len(job.room.visitors) - 1) for job in jobs)
    end = time.perf_counter() + drain
    while _delivered(crowd) < expected and time.perf_counter() < end:
        await asyncio.sleep(0.05)
    done = _sample(crowd)
    latencies = _latencies(crowd)
    wall, possible = done.at - begun.sample.at, max(0.01, done.possible - begun.sample.possible)
    server, services = done.server - begun.sample.server, done.services - begun.sample.services
    generator = done.generator - begun.sample.generator
    return Window(
        rate=rate,
        sent=sum(job.typist.last - job.typist.first for job in jobs),
        expected=expected,
        delivered=len(latencies),
        p50=percentile(latencies, 0.5) * 1_000 if latencies else float("nan"),
        p99=percentile(latencies, 0.99) * 1_000 if latencies else float("nan"),
        late=percentile(late, 0.99) * 1_000 if late else 0.0,
        frames=crowd.frames - begun.frames,
        server_cpu=server,
        services_cpu=services,
        others_share=max(0.0, done.everybody - begun.sample.everybody - server - services - generator) / possible,
        generator_share=generator / wall,
    )


def _collect() -> None:
    """Now rather than in the middle of the window, where each look at a million arrivals would be a pause."""
    gc.collect()
    gc.freeze()


def _sample(crowd: Crowd) -> Sample:
    return Sample.now(crowd.host.pids, crowd.host.service_pids)


def _plan(crowd: Crowd, jobs: list[Job], rate: float, seconds: float) -> list[tuple[float, int, bool]]:
    """When, which job, and whether it is a key (or else the cursor): irregular as people are, in order of time."""
    each, events = rate / len(jobs), []
    for number, job in enumerate(jobs):
        phase = crowd.chance.random()
        keys = max(0, int(seconds * each - phase) + 1)
        job.typist.make(keys)
        job.typist.first = job.typist.last = len(job.typist.sent)
        moved = float("-inf")
        for key in range(keys):
            moment = max(0.0, key + phase + crowd.chance.uniform(-0.2, 0.2)) / each
            events.append((moment, number, True))
            if moment - moved >= CURSOR_EVERY:
                moved = moment
                events.append((moment, number, False))
    events.sort(key=itemgetter(0))  # stable: the cursor comes behind its key
    return events


@dataclass(frozen=True)
class Begun:
    sample: Sample
    frames: int


async def _type(
    crowd: Crowd, jobs: list[Job], events: list[tuple[float, int, bool]], warm: float
) -> tuple[array[float], Begun]:
    """How late each key of the window was sent, and what had been used when the window began."""
    now, late = time.perf_counter, array("d")
    begun: Begun | None = None
    start, at, count = now() + HEAD_START, 0, len(events)
    while at < count:
        elapsed = now() - start
        if begun is None and elapsed >= warm:
            begun = _begin(crowd, jobs)
        while at < count and events[at][0] <= elapsed:
            due, number, is_key = events[at]
            at += 1
            job = jobs[number]
            if not is_key:
                job.who.send(job.typist.cursor())
                continue
            typist, moment = job.typist, now()
            typist.sent.append(moment)
            typist.last += 1
            job.who.send(typist.frames[typist.last - 1])
            if begun is not None:
                late.append(moment - start - due)
        await asyncio.sleep(TURN)
    return late, begun or _begin(crowd, jobs)


def _begin(crowd: Crowd, jobs: list[Job]) -> Begun:
    for job in jobs:
        job.typist.first = job.typist.last
    return Begun(_sample(crowd), crowd.frames)


def _delivered(crowd: Crowd) -> int:
    return sum(
        max(0, min(end, typist.last) - max(start, typist.first))
        for room in crowd.rooms
        for typist, start, end, _ in room.arrivals
    )


def _latencies(crowd: Crowd) -> list[float]:
    """Seconds from the call that sent a key to the call that received it, for each key and each receiver."""
    found: list[float] = []
    for room in crowd.rooms:
        for typist, start, end, at in room.arrivals:
            found += [at - sent for sent in typist.sent[max(start, typist.first) : min(end, typist.last)]]
    return found
