"""What /metrics says of the rooms of this process. No Django here.

What happens is counted where it happens, once a flush and not once a keystroke; what is the case is looked up when
somebody asks.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from realtime.registry import Registry
    from realtime.room import Room

SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

FLUSH = Histogram("commonplace_flush_seconds", "From picking rooms to the last member told", buckets=SECONDS)
COMMIT = Histogram("commonplace_commit_seconds", "The database's part of a flush", buckets=SECONDS)
COMMITS_FAILED = Counter("commonplace_commits_failed", "Flushes that the database did not take; they are tried again")
UPDATES = Counter("commonplace_updates_committed", "Updates of clients that became rows of the log")
REFUSED = Counter("commonplace_updates_refused", "Updates that were refused, by the name of the refusal", ["code"])
CLOSED = Counter("commonplace_sockets_closed", "Connections ended by the server, by the close code's name", ["reason"])
REREADS = Counter("commonplace_log_rereads", "How often a room asked the log what it had missed")


class Now(Collector):
    """The registries of this process as they are when somebody asks."""

    def __init__(self, registries: Callable[[], Iterable["Registry"]]) -> None:
        self._registries = registries

    def collect(self) -> Iterator[Metric]:
        registries = list(self._registries())
        rooms, age = _rooms(registries), unsaved_seconds(registries)
        yield GaugeMetricFamily("commonplace_rooms", "Open rooms", len(rooms))
        yield GaugeMetricFamily("commonplace_members", "Connections to them", sum(len(room.members) for room in rooms))
        yield GaugeMetricFamily("commonplace_unsaved_age_seconds", "How long the oldest unsaved update waits", age)


def unsaved_seconds(registries: Iterable["Registry"]) -> float:
    """How long the oldest update waits that is not stored."""
    dirty = [room.dirty_since for room in _rooms(registries) if room.busy]
    return time.monotonic() - min(dirty) if dirty else 0.0


def _rooms(registries: Iterable["Registry"]) -> list["Room"]:
    return [room for registry in registries for room in list(registry.rooms.values())]


def watch(registries: Callable[[], Iterable["Registry"]]) -> None:
    REGISTRY.register(Now(registries))
