"""A segment: consecutive updates of one note's log in few bytes. What went in comes out, byte for byte.

Layout: version (1 byte), CRC-32 of everything after it (4 bytes), length of the body (varint), the body compressed. The
body: number of the first update, how many there are, and the columns in the order below, each with its length before.
"""

import lzma
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from notes.packing import numbers
from notes.packing.columns import NUMBERS, Reading, Writing

VERSION = 1
CHECKSUM_BYTES = 4
HEADER_BYTES = 1 + CHECKSUM_BYTES
COLUMNS = (*NUMBERS, "texts", "raws", "authors", "author_runs", "origin_runs", "quarantine_runs")
TIMES = ("times_low", "times_high", "microseconds")
# The place of a byte in its column says nothing here (pb, lp). With a dictionary of a megabyte, packing takes some ten
# megabytes of memory; bodies are smaller but for those of very long pastes.
FILTERS = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**20, "lc": 3, "lp": 0, "pb": 0, "nice_len": 273}]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class DamagedSegmentError(Exception):
    """The bytes are no segment, or not as they were written."""


class LoggedUpdate(NamedTuple):
    """One update of a note's log with all that is known of it."""

    seq: int
    data: bytes
    author_id: int | None
    origin: int
    created_at: datetime  # aware
    quarantined: bool


def pack(updates: Sequence[LoggedUpdate]) -> bytes:
    """Raises ValueError unless there are updates and their numbers have no gap."""
    if not updates or [update.seq for update in updates] != list(range(updates[0].seq, updates[0].seq + len(updates))):
        raise ValueError("a segment holds consecutive updates")
    columns = {**_contents(updates), **_times(updates)}
    body = [numbers.write((updates[0].seq, len(updates)))]
    for name in (*COLUMNS, *TIMES):
        body += (numbers.write((len(columns[name]),)), columns[name])
    whole = b"".join(body)
    rest = numbers.write((len(whole),)) + lzma.compress(whole, lzma.FORMAT_RAW, filters=FILTERS)
    return bytes((VERSION,)) + zlib.crc32(rest).to_bytes(CHECKSUM_BYTES) + rest


def unpack(segment: bytes) -> list[LoggedUpdate]:
    """Raises DamagedSegmentError."""
    try:
        body = _body(segment)
        first, at = numbers.read(body, 0)
        count, at = numbers.read(body, at)
        columns = {}
        for name in (*COLUMNS, *TIMES):
            length, at = numbers.read(body, at)
            columns[name], at = body[at : at + length], at + length
        if at != len(body):
            raise ValueError("a body of another length")
        return _updates(first, count, columns)
    except (ValueError, IndexError, StopIteration, OverflowError, lzma.LZMAError) as error:
        raise DamagedSegmentError(f"a segment of {len(segment)} bytes: {error}") from error


def sealed(segment: bytes) -> bytes:
    """What follows the checksum. Raises ValueError unless it is as it was written."""
    if len(segment) < HEADER_BYTES or segment[0] != VERSION:
        raise ValueError("no segment of a known version")
    rest = segment[HEADER_BYTES:]
    if zlib.crc32(rest) != int.from_bytes(segment[1:HEADER_BYTES]):
        raise ValueError("the checksum differs")
    return rest


def _body(segment: bytes) -> bytes:
    rest = sealed(segment)
    length, at = numbers.read(rest, 0)
    decompressor = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=FILTERS)
    body = decompressor.decompress(rest[at:], max_length=length + 1)
    if len(body) != length or not decompressor.eof or decompressor.unused_data:
        raise ValueError("a body of another length")
    return body


def _contents(updates: Sequence[LoggedUpdate]) -> dict[str, bytes]:
    """Authors are numbered in the order in which they come up; nobody is one of them."""
    writing, authors = Writing(), dict[int | None, int]()
    for update in updates:
        writing.add(update.data, authors.setdefault(update.author_id, len(authors)))
    return {
        **{name: numbers.write(column) for name, column in writing.columns.items()},
        "texts": b"".join(writing.texts),
        "raws": b"".join(writing.raws),
        "authors": numbers.write(0 if author is None else author + 1 for author in authors),
        "author_runs": _runs(authors[update.author_id] for update in updates),
        "origin_runs": _runs(update.origin for update in updates),
        "quarantine_runs": _runs(int(update.quarantined) for update in updates),
    }


def _updates(first: int, count: int, columns: dict[str, bytes]) -> list[LoggedUpdate]:
    authors = [author - 1 if author else None for author in numbers.read_all(columns["authors"])]
    runs = [_from_runs(columns[name], count) for name in ("author_runs", "origin_runs", "quarantine_runs")]
    reading = Reading(columns, columns["texts"], columns["raws"])
    updates = [
        LoggedUpdate(seq, reading.next(author), authors[author], origin, created_at, bool(quarantined))
        for seq, (author, origin, quarantined, created_at) in enumerate(
            zip(*runs, _from_times(columns, count), strict=True), start=first
        )
    ]
    reading.end()
    return updates


# --- Runs: what stays the same for long --------------------------------------------------------------------------


def _runs(values: Iterable[int]) -> bytes:
    return numbers.write(number for value, run in groupby(values) for number in (value, len(list(run))))


def _from_runs(column: bytes, count: int) -> list[int]:
    values: list[int] = []
    told = iter(numbers.read_all(column))
    for value, length in zip(told, told, strict=True):
        if length > count - len(values):
            raise ValueError("more values than updates")
        values += [value] * length
    if len(values) != count:
        raise ValueError("fewer values than updates")
    return values


# --- Times: the pauses between updates, in milliseconds ----------------------------------------------------------


def _times(updates: Sequence[LoggedUpdate]) -> dict[str, bytes]:
    """The lowest byte of a pause is mere chance: it stands apart, so that the rest can be made small."""
    moments = [divmod((update.created_at - EPOCH) // MICROSECOND, 1000) for update in updates]
    before = [0, *(milliseconds for milliseconds, _ in moments)]
    pauses = [now - last for (now, _), last in zip(moments, before, strict=False)]
    exact = any(microseconds for _, microseconds in moments)
    return {
        "times_low": bytes(pause & 0xFF for pause in pauses),
        "times_high": numbers.write(numbers.folded(pause >> 8) for pause in pauses),
        "microseconds": numbers.write(microseconds for _, microseconds in moments) if exact else b"",
    }


def _from_times(columns: dict[str, bytes], count: int) -> list[datetime]:
    high = numbers.read_all(columns["times_high"])
    exact = numbers.read_all(columns["microseconds"]) or [0] * count
    moments, now = [], 0
    for low, rest, microseconds in zip(columns["times_low"], high, exact, strict=True):
        now += numbers.unfolded(rest) << 8 | low
        moments.append(EPOCH + timedelta(milliseconds=now, microseconds=microseconds))
    return moments
