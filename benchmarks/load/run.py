"""Runs scenarios against servers, in turn and within a time; what could not be measured is named."""

import asyncio
import gc
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from picows import WSError

from benchmarks.load.figure import Figures
from benchmarks.load.hosts.catalogue import HOSTS, OURS
from benchmarks.load.hosts.host import Unavailable
from benchmarks.load.machine import CPUS, load_cpu
from benchmarks.load.scenarios import SCENARIOS
from benchmarks.load.scenarios.steady import Complaint
from benchmarks.load.scenarios.wishes import Wishes
from benchmarks.load.table import table
from scripts.trouble import Trouble

ALL_SECONDS = 480.0  # for all of it; `make bench` as a whole keeps within ten minutes
LEAST_SECONDS = 10.0  # with less left nothing new is begun
FAILURES = (Complaint, ConnectionError, TimeoutError, OSError, WSError, RuntimeError, AssertionError, Trouble)


class Ended(RuntimeError):
    """A server died under the load."""


@dataclass(frozen=True)
class Order:
    """What the command line asks for."""

    servers: Sequence[str]
    scenarios: Sequence[str]
    wishes: Wishes = field(default_factory=Wishes)
    rounds: int | None = None
    postgres: bool = False
    output: Path | None = None
    within: float = ALL_SECONDS


class Report:
    def __init__(self, order: Order) -> None:
        self.order = order
        self.results: dict[tuple[str, str], list[Figures]] = {}
        self.remarks: list[str] = []
        self.load_before = os.getloadavg()

    def lines(self) -> list[str]:
        cpus = "one CPU each for server and generator" if len(CPUS) > 1 else "server and generator share one CPU"
        busy = "; ".join(
            f"{when} {', '.join(f'{value:.1f}' for value in averages)}"
            for when, averages in (("before", self.load_before), ("after", os.getloadavg()))
        )
        postgres = self.order.postgres or "ours" not in self.order.servers
        database = "PostgreSQL without fsync" if postgres else "SQLite"
        lines = [
            f"{len(CPUS)} CPUs, {cpus}; Python {platform.python_version()}; load average {busy}; ours on {database}.",
            "",
            *table(self.results, self.order.servers, OURS),
        ]
        if self.remarks:
            lines += ["", "Left out:", "", *(f"- {remark}" for remark in dict.fromkeys(self.remarks))]
        return lines


def measure(order: Order) -> list[str]:
    """The report's lines; writes it to the order's file, whatever happened on the way."""
    report = Report(order)
    end = time.monotonic() + order.within
    missing: set[str] = set()
    try:
        with load_cpu():
            for name in order.scenarios:
                for _ in range(order.rounds or SCENARIOS[name].rounds):
                    for server in order.servers:
                        if server not in missing and not _one(report, name, server, end - time.monotonic()):
                            missing.add(server)
    finally:
        if order.output:
            order.output.parent.mkdir(parents=True, exist_ok=True)
            order.output.write_text("\n".join(report.lines()) + "\n")
    return report.lines()


def _one(report: Report, name: str, server: str, left: float) -> bool:
    """One scenario on one fresh server. False: this server cannot be had at all."""
    if left < LEAST_SECONDS:
        report.remarks.append(f"{name} on {server}: the time was up")
        return True
    print(f"{name}: {server} ...", flush=True)
    seconds = min(SCENARIOS[name].seconds, left)
    try:
        with (
            HOSTS[server](report.order.postgres) as host,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            gc.disable()
            try:
                found = runner.run(asyncio.wait_for(SCENARIOS[name].run(host, report.order.wishes), seconds))
            finally:
                # A server that is gone is slow or deaf in no way that a figure could tell.
                if words := host.last_words():
                    raise Ended(f"the server ended by itself: {words}")
        report.results.setdefault((name, server), []).append(found)
    except Unavailable as unavailable:
        report.remarks.append(f"{server}: {unavailable}")
        return False
    except FAILURES as failure:
        report.remarks.append(f"{name} on {server}: {type(failure).__name__} {failure}".rstrip())
    finally:
        gc.enable()
    return True
