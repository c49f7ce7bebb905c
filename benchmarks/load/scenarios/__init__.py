"""What is asked of every server. A scenario is a function: a host that runs, and wishes; it returns figures."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.load.figure import Figures
from benchmarks.load.hosts.host import Host
from benchmarks.load.scenarios import classroom, idle, kill, longnote, pairs, storm
from benchmarks.load.scenarios.wishes import Wishes


@dataclass(frozen=True)
class Scenario:
    run: Callable[[Host, Wishes], Awaitable[Figures]]
    seconds: float  # after which it is given up for one server
    rounds: int = 1  # by default; each round goes through all servers


SCENARIOS = {
    "classroom": Scenario(classroom.steady, 45, rounds=2),
    "ramp": Scenario(classroom.ramp, 120),
    "pairs": Scenario(pairs.steady, 60),
    "pairs-ramp": Scenario(pairs.ramp, 120),
    "kill": Scenario(kill.kill, 60),
    "long-note": Scenario(longnote.long_note, 90),
    "storm": Scenario(storm.storm, 90),
    "idle-memory": Scenario(idle.memory, 60),
}
