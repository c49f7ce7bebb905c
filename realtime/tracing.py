"""Spans of what happens in rooms. Imported only where settings.TRACING says so; see core/tracing.py.

A keystroke has no span: there are thousands a second. The opening of a connection has one. So has a flush, with links
to the openings of those who wrote what it stores, and summaries, with links to the flushes that made them necessary.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Link, SpanKind

from realtime.database import Pools
from realtime.persistence import DjangoStorage
from realtime.room import Room
from realtime.storage import Append, Outcome, Summary

tracer = trace.get_tracer("commonplace.realtime")


@contextmanager
def opening() -> Iterator[Any]:
    """Around the coming of a connection; gives what a flush links to."""
    with tracer.start_as_current_span("open note", kind=SpanKind.SERVER) as span:
        yield span.get_span_context()


class TracedStorage(DjangoStorage):
    def __init__(self, pools: Pools, rooms: Mapping[int, Room]) -> None:
        super().__init__(pools)
        self._rooms = rooms
        self._flushes: dict[int, Any] = {}  # by note: the last one that nobody has summed up

    async def append(self, appends: Sequence[Append]) -> Sequence[Outcome]:
        about = {"notes": len(appends), "updates": sum(len(append.entries) for append in appends)}
        causes = [Link(origin) for append in appends for origin in self._origins(append)]
        with tracer.start_as_current_span("flush", links=causes, attributes=about) as span:
            outcomes = await super().append(appends)
        self._flushes.update(dict.fromkeys((append.note_id for append in appends), span.get_span_context()))
        return outcomes

    async def save_summaries(self, summaries: Sequence[Summary]) -> None:
        flushes = [self._flushes.pop(summary.note_id, None) for summary in summaries]
        causes = [Link(flush) for flush in flushes if flush]
        with tracer.start_as_current_span("summary", links=causes, attributes={"notes": len(summaries)}):
            await super().save_summaries(summaries)

    def _origins(self, append: Append) -> Iterator[Any]:
        authors = {entry.author_id for entry in append.entries}
        room = self._rooms.get(append.note_id)
        for member in room.members if room else ():
            if member.person.user_id in authors and member.origin is not None:
                yield member.origin
