"""The time as the log of notes tells it."""

from datetime import UTC, datetime


def now() -> datetime:
    """In whole milliseconds: what is below them no person can tell, and kept for every keystroke it costs bytes."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)
