"""More and more updates a second, until the server cannot."""

import asyncio
import time

from benchmarks.load.crowd import Crowd
from benchmarks.load.figure import MOST, MOST_CPU, RECOVERY, Figure, Figures
from benchmarks.load.scenarios.wishes import Wishes
from benchmarks.load.window import Window, type_for

# Updates a second. The first ones only lead there; where servers end, a step is no more than the square root of two.
STEPS = (500, 1_000, 2_000, 4_000, 5_600, 8_000, 11_000, 16_000, 22_000, 32_000, 45_000, 64_000)
STEP_SECONDS = 2.5
SLOW_MS = 200.0
GENERATOR_LATE_MS = 50.0  # then it was the generator that could not
RECOVERY_SECONDS = 20.0


async def climb(crowd: Crowd, wishes: Wishes, *, first: float) -> Figures:
    """Step by step from the first; after one that fails, a new client comes and must be given everything."""
    best: Window | None = None
    bound, first = True, wishes.rate or first
    for rate in (step for step in STEPS if step >= first):
        window = await type_for(crowd, rate, wishes.seconds or STEP_SECONDS, warm=0.5, drain=3)
        if not _passed(crowd, window):
            bound = window.late > GENERATOR_LATE_MS
            break
        best = window
    found: Figures = {MOST: Figure(best.rate if best else 0.0, bound)}
    if best:
        found[MOST_CPU] = Figure(best.cpu_per_1000)
    found[RECOVERY] = Figure(*await _recovery(crowd))
    await crowd.leave()
    return found


def _passed(crowd: Crowd, window: Window) -> bool:
    return window.whole and window.p99 <= SLOW_MS and not crowd.disconnects and not crowd.complaints


async def _recovery(crowd: Crowd) -> tuple[float, bool]:
    """Seconds from the last key until a new client holds all of them; whether it was given up."""
    started = time.perf_counter()
    while (passed := time.perf_counter() - started) < RECOVERY_SECONDS:
        try:
            await crowd.rooms[0].join(patience=RECOVERY_SECONDS - passed)
        except OSError:
            # A connection that was refused or cut; TimeoutError is one of these, and ends the loop by itself.
            await asyncio.sleep(0.2)
        else:
            return time.perf_counter() - started, False
    return RECOVERY_SECONDS, True
