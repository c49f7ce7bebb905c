"""A hundred rooms of ten who do nothing: what a connection and a room cost in memory."""

import asyncio

from benchmarks.load.crowd import Crowd
from benchmarks.load.figure import EMPTY_MEMORY, GROWTH, Figure, Figures
from benchmarks.load.hosts.host import Host
from benchmarks.load.machine import megabytes_of
from benchmarks.load.scenarios.wishes import Wishes

ROOMS, PEOPLE = 100, 10
SETTLES_SECONDS = 3.0


async def memory(host: Host, _: Wishes) -> Figures:
    before = megabytes_of(host.pids)
    crowd = Crowd(host)
    await crowd.open(ROOMS, PEOPLE)
    await asyncio.sleep(SETTLES_SECONDS)
    found = {EMPTY_MEMORY: Figure(before), GROWTH: Figure(megabytes_of(host.pids) - before)}
    await crowd.leave()
    return found
