"""A thousand clients come back at once, as after a deploy, and without the pause that polite ones make."""

import asyncio
import time

from benchmarks.load.crowd import Crowd
from benchmarks.load.figure import BACK, STORM_CPU, Figure, Figures
from benchmarks.load.hosts.host import Host
from benchmarks.load.machine import cpu_of
from benchmarks.load.scenarios.wishes import Wishes

ROOMS, PEOPLE = 100, 10
PATIENCE = 40.0


async def storm(host: Host, _: Wishes) -> Figures:
    crowd = Crowd(host)
    await crowd.open(ROOMS, PEOPLE)
    await crowd.leave()
    host.stop()
    host.start()
    started, used = time.perf_counter(), cpu_of(host.pids)
    await asyncio.gather(*(room.join(patience=PATIENCE) for room in crowd.rooms for _ in range(PEOPLE)))
    found = {BACK: Figure(time.perf_counter() - started), STORM_CPU: Figure(cpu_of(host.pids) - used)}
    await crowd.leave()
    return found
