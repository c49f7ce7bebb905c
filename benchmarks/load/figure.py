"""What is measured: a name, a unit, and which way is better."""

from dataclasses import dataclass
from enum import Enum


class Better(Enum):
    LESS = "less"
    MORE = "more"
    NEITHER = "neither"  # says how the measurement went


@dataclass(frozen=True)
class Measure:
    title: str
    better: Better
    digits: int = 1
    grain: float = 0.0  # a difference below it is none


@dataclass(frozen=True)
class Figure:
    """`bound`: the true value is at least this, because the generator gave up before the server did."""

    value: float
    bound: bool = False


type Figures = dict[Measure, Figure]

P50 = Measure("latency p50, ms", Better.LESS, 2)
P99 = Measure("latency p99, ms", Better.LESS)
DELIVERED = Measure("delivered, % of expected", Better.MORE, 2)
CPU = Measure("CPU s per 1,000 updates", Better.LESS, 3)
SERVICES_CPU = Measure("CPU s of database and Redis per 1,000 updates", Better.LESS, 3)
FRAMES = Measure("frames received per update and receiver", Better.NEITHER, 2)
OTHERS = Measure("the machine's CPU used by others, %", Better.NEITHER, 0)
LATE = Measure("generator late p99, ms", Better.NEITHER)
MOST = Measure("most updates/s with p99 <= 200 ms", Better.MORE, 0)
MOST_CPU = Measure("CPU s per 1,000 updates there", Better.LESS, 4)
RECOVERY = Measure("s until a new client has everything, after overload", Better.LESS, 2, grain=0.1)
WARM = Measure("open warm, ms", Better.LESS)
COLD = Measure("open after a restart, ms", Better.LESS)
HELD = Measure("edits still there after the restart, %", Better.MORE, 2)
TYPED = Measure("CPU s to take all edits", Better.LESS, 2)
EMPTY_MEMORY = Measure("MB at start", Better.NEITHER, 0)
GROWTH = Measure("MB more for 1,000 connections in 100 rooms", Better.LESS)
LOST = Measure("updates missing that others had seen, %", Better.LESS, 2)
LOST_SECONDS = Measure("s of typing missing", Better.LESS, 1)
BACK = Measure("s until 1,000 clients are back and in step", Better.LESS, 2)
STORM_CPU = Measure("CPU s that took", Better.LESS, 2)
