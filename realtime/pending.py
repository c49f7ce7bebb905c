"""What a room holds between a keystroke and the log, and between the log and the feed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pycrdt import merge_updates

from realtime.admission import Change
from realtime.member import Member
from realtime.storage import Entry

# A row costs the database more than admitting the update in it. So neighbours by one author share a row, up to this
# many, or bytes: whoever types fast, pastes, or comes back with much. At the pace of one person typing there are none.
RUN_UPDATES = 20
RUN_BYTES = 32_768


@dataclass(slots=True)
class Pending:
    """An update message on its way to the log. One with an empty change holds nothing new and only waits its turn."""

    member: Member
    number: int
    data: bytes
    change: Change


def entries_of(waiting: Iterable[Pending]) -> list[Entry]:
    """What is to be stored of them, in their order."""
    return [_entry(run) for run in _runs(pending for pending in waiting if not pending.change.empty)]


def _runs(waiting: Iterable[Pending]) -> Iterator[list[Pending]]:
    run: list[Pending] = []
    size = 0
    for pending in waiting:
        size += len(pending.data)
        if run and not (size <= RUN_BYTES and len(run) < RUN_UPDATES and _fit(run[-1], pending)):
            yield run
            run, size = [], len(pending.data)
        run.append(pending)
    if run:
        yield run


def _fit(before: Pending, after: Pending) -> bool:
    """Merged with something known from before, an update would have a gap, and could never be read again."""
    same_author = before.member.person.user_id == after.member.person.user_id
    return same_author and before.change.whole and after.change.whole


def _entry(run: list[Pending]) -> Entry:
    data = run[0].data if len(run) == 1 else merge_updates(*(pending.data for pending in run))
    return Entry(data, run[0].member.person.user_id, tuple(client for each in run for client in each.change.bound))


@dataclass(slots=True)
class Edits:
    """What one user did since the last summary, in UTF-16 units."""

    added: int = 0
    removed: int = 0
