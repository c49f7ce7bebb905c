"""The figures of one window."""

from benchmarks.load.crowd import Crowd
from benchmarks.load.figure import CPU, DELIVERED, FRAMES, LATE, OTHERS, P50, P99, SERVICES_CPU, Figure, Figures
from benchmarks.load.window import Window


class Complaint(Exception):
    """The server refused what it was sent, or closed a connection: nothing was measured."""


def figures(crowd: Crowd, window: Window) -> Figures:
    """Raises Complaint."""
    check(crowd)
    return {
        P50: Figure(window.p50),
        P99: Figure(window.p99),
        DELIVERED: Figure(100 * window.delivered / max(1, window.expected)),
        CPU: Figure(window.cpu_per_1000),
        **({SERVICES_CPU: Figure(window.services_cpu_per_1000)} if crowd.host.service_pids else {}),
        FRAMES: Figure(window.frames / max(1, window.expected)),
        OTHERS: Figure(100 * window.others_share),
        LATE: Figure(window.late),
    }


def check(crowd: Crowd) -> None:
    if crowd.complaints or crowd.disconnects:
        raise Complaint(f"{crowd.complaints} refusals, {crowd.disconnects} lost connections")
