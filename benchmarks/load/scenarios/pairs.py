"""Two hundred rooms of two, all of whom type: nothing can be gathered, so every keystroke costs its full price."""

from benchmarks.load.crowd import Crowd
from benchmarks.load.figure import Figures
from benchmarks.load.hosts.host import Host
from benchmarks.load.scenarios.ramp import climb
from benchmarks.load.scenarios.steady import figures
from benchmarks.load.scenarios.wishes import Wishes
from benchmarks.load.window import type_for

ROOMS = 200
RATE, SECONDS = 800.0, 5.0
FIRST_STEP = 1_000.0
CHARACTERS = 500


async def steady(host: Host, wishes: Wishes) -> Figures:
    crowd = Crowd(host)
    await crowd.open(ROOMS, 2, 2, CHARACTERS)
    window = await type_for(crowd, wishes.rate or RATE, wishes.seconds or SECONDS, warm=1.5, drain=3)
    found = figures(crowd, window)
    await crowd.leave()
    return found


async def ramp(host: Host, wishes: Wishes) -> Figures:
    crowd = Crowd(host)
    await crowd.open(ROOMS, 2, 2, CHARACTERS)
    return await climb(crowd, wishes, first=FIRST_STEP)
