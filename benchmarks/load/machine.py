"""The machine under load: who runs on which CPU, and how busy it and each process was."""

import contextlib
import os
import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import cpu_seconds, resident_megabytes

CPUS = sorted(os.sched_getaffinity(0))
SERVER_CPU, LOAD_CPU = ({CPUS[0]}, {CPUS[1]}) if len(CPUS) > 1 else (set(CPUS), set(CPUS))


@contextlib.contextmanager
def server_cpu() -> Iterator[None]:
    """What is started in here runs on the servers' CPU, with all that it starts itself."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, SERVER_CPU)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def load_cpu() -> Iterator[None]:
    """The caller runs on the generator's CPU and may open as many files as the kernel lets it."""
    before = os.sched_getaffinity(0)
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.sched_setaffinity(0, LOAD_CPU)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files[1], files[1]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
        resource.setrlimit(resource.RLIMIT_NOFILE, files)


def family(pid: int) -> list[int]:
    """A process and all that came of it."""
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        found.append(parent)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
    return found


def cpu_of(pids: Iterable[int]) -> float:
    """CPU seconds of these processes and of what came of them. Who ends meanwhile is not counted any more."""
    total = 0.0
    for pid in pids:
        for member in family(pid):
            with contextlib.suppress(OSError):
                total += cpu_seconds(member)
    return total


def megabytes_of(pids: Iterable[int]) -> float:
    return sum(resident_megabytes(member) for pid in pids for member in family(pid))


@dataclass(frozen=True)
class Sample:
    """What was used up to a moment, in CPU seconds."""

    at: float
    server: float
    services: float
    generator: float
    everybody: float
    possible: float

    @classmethod
    def now(cls, server: Iterable[int], services: Iterable[int]) -> "Sample":
        times = os.times()
        jiffies = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        tick, idle = os.sysconf("SC_CLK_TCK"), jiffies[3] + jiffies[4]
        everybody, possible = (sum(jiffies) - idle) / tick, sum(jiffies) / tick
        at, mine = time.perf_counter(), times.user + times.system
        return cls(at, cpu_of(server), cpu_of(services), mine, everybody, possible)
