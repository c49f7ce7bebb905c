"""One room of fifty, ten of whom type: at a classroom's pace, and at more and more until the server cannot."""

from benchmarks.load.crowd import Crowd
from benchmarks.load.figure import Figures
from benchmarks.load.hosts.host import Host
from benchmarks.load.scenarios.ramp import climb
from benchmarks.load.scenarios.steady import figures
from benchmarks.load.scenarios.wishes import Wishes
from benchmarks.load.window import type_for

PEOPLE, TYPISTS = 50, 10
RATE, SECONDS = 50.0, 6.0
FIRST_STEP = 500.0


async def steady(host: Host, wishes: Wishes) -> Figures:
    crowd = Crowd(host)
    await crowd.open(1, PEOPLE, TYPISTS)
    window = await type_for(crowd, wishes.rate or RATE, wishes.seconds or SECONDS, warm=1.5, drain=3)
    found = figures(crowd, window)
    await crowd.leave()
    return found


async def ramp(host: Host, wishes: Wishes) -> Figures:
    crowd = Crowd(host)
    await crowd.open(1, PEOPLE, TYPISTS)
    return await climb(crowd, wishes, first=FIRST_STEP)
