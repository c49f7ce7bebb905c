"""What an author is told of an update: that it is stored, or why it is not taken."""

import logging
import time
from collections.abc import Iterable

from realtime import metrics, protocol
from realtime.closing import Close, Closing
from realtime.decoding import Refusal
from realtime.member import Member
from realtime.pending import Pending

logger = logging.getLogger(__name__)

# The document of a client that sent one of these holds something that nobody else will ever have.
FATAL_REFUSALS = frozenset({"malformed", "root", "struct", "range", "unknown-dependency", "split-character"})


def acknowledge(stored: Iterable[Pending]) -> None:
    """Tells each author up to which of their messages everything is committed."""
    numbers: dict[Member, int] = {}
    for pending in stored:
        # A request that came a second time counts its messages once more, after newer ones.
        numbers[pending.member] = max(pending.number, numbers.get(pending.member, 0))
    now = time.time_ns() // 1_000_000
    for member, number in numbers.items():
        if member.verbose:
            member.send(protocol.stored(number, now))


def ask_for_difference(pending: Pending, clocks: dict[int, int]) -> None:
    """No crime: the client sends what the server lacks."""
    if pending.member.verbose:
        pending.member.send(protocol.resync(pending.number))
    pending.member.send(protocol.step_1(clocks))


def refuse(pending: Pending, refusal: Refusal) -> None:
    """Raises Closing when the connection cannot go on."""
    member = pending.member
    metrics.REFUSED.labels(refusal.code).inc()
    logger.warning(
        "update refused: %s (%s), note %d, user %d, %d bytes",
        refusal.code, refusal.reason, member.note_id, member.person.user_id, len(pending.data),
    )  # fmt: skip
    if member.verbose:
        member.send(protocol.refused(pending.number, refusal.code, refusal.reason))
    if refusal.code in FATAL_REFUSALS:
        raise Closing(Close.BAD_FRAME, f"{refusal.code}: {refusal.reason}")
    if not member.verbose:
        # A stock client cannot be told; closing is the only word it understands.
        raise Closing(Close.NOT_ALLOWED, f"{refusal.code}: {refusal.reason}")
