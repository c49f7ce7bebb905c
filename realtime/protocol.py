"""Frames of the note socket, read strictly and written. docs/protocol.md is the contract; no Django here.

pycrdt's own helpers are not used: on hostile input they are quadratic, assert, and slice silently.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

MAX_VARINT_BYTES = 8
MAX_CLIENT_ID = 2**53 - 1
MAX_CLOCK = 2**31 - 1
MAX_AWARENESS_BYTES = 2_048


class MalformedError(ValueError):
    """The bytes are not what docs/protocol.md allows. The message says where, never what the text was."""


class Message(IntEnum):
    """First number of a frame."""

    SYNC = 0
    AWARENESS = 1
    QUERY_AWARENESS = 3
    STORED = 100
    REFUSED = 101
    HELLO = 102
    ACCESS = 103
    CHECK = 104
    TROUBLE = 105
    RESYNC = 106
    CLOSING = 107


class Sync(IntEnum):
    """Second number of a SYNC frame."""

    STEP_1 = 0
    STEP_2 = 1
    UPDATE = 2


class Verdict(IntEnum):
    """Answer to a check."""

    EQUAL = 0
    DIFFERENT = 1
    NOT_NOW = 2


# --- Reading -----------------------------------------------------------------------------------------------------


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The unsigned number at `at` and the position after it. Raises MalformedError."""
    try:
        byte = data[at]
        if byte < 0x80:
            return byte, at + 1
        number, shift, start = byte & 0x7F, 7, at
        while True:
            at += 1
            byte = data[at]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if at - start >= MAX_VARINT_BYTES - 1:
                raise MalformedError("number too long")
    except IndexError:
        raise MalformedError("ends inside a number") from None
    if byte == 0:
        # Another spelling of a shorter number could slip past a filter that compares bytes.
        raise MalformedError("number not in its shortest form")
    return number, at + 1


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    length, at = read_varint(data, at)
    end = at + length
    if end > len(data):
        raise MalformedError("ends inside bytes")
    return data[at:end], end


def read_string(data: bytes, at: int) -> tuple[str, int]:
    raw, at = read_bytes(data, at)
    try:
        return raw.decode(), at
    except UnicodeDecodeError:
        raise MalformedError("not UTF-8") from None


@dataclass(frozen=True, slots=True)
class StateVectorAsked:
    """Sync step 1: the client says what it has."""

    state_vector: bytes
    clocks: dict[int, int]


@dataclass(frozen=True, slots=True)
class UpdateSent:
    """Sync step 2 or update."""

    update: bytes


@dataclass(frozen=True, slots=True)
class AwarenessSent:
    entries: tuple["AwarenessEntry", ...]


@dataclass(frozen=True, slots=True)
class AwarenessAsked:
    pass


@dataclass(frozen=True, slots=True)
class CheckAsked:
    clocks: dict[int, int]
    deleted: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class AwarenessEntry:
    """One client's state: JSON text, "null" when it left."""

    client_id: int
    clock: int
    state: str


type Frame = StateVectorAsked | UpdateSent | AwarenessSent | AwarenessAsked | CheckAsked


def read_frame(data: bytes) -> Frame:
    """One client frame. Raises MalformedError for anything that a client may not send."""
    kind, at = read_varint(data, 0)
    frame: Frame
    if kind == Message.SYNC:
        step, at = read_varint(data, at)
        body, at = read_bytes(data, at)
        if step == Sync.STEP_1:
            frame = StateVectorAsked(body, read_state_vector(body))
        elif step in (Sync.STEP_2, Sync.UPDATE):
            frame = UpdateSent(body)
        else:
            raise MalformedError("unknown sync message")
    elif kind == Message.AWARENESS:
        body, at = read_bytes(data, at)
        frame = AwarenessSent(read_awareness(body))
    elif kind == Message.QUERY_AWARENESS:
        frame = AwarenessAsked()
    elif kind == Message.CHECK:
        frame, at = _read_check(data, at)
    else:
        raise MalformedError("unknown message")
    if at != len(data):
        raise MalformedError("bytes after the message")
    return frame


def _read_check(data: bytes, at: int) -> tuple[CheckAsked, int]:
    body, at = read_bytes(data, at)
    deleted, at = read_varint(data, at)
    digest, end = data[at : at + 32], at + 32
    if len(digest) != 32:
        raise MalformedError("ends inside the hash")
    return CheckAsked(read_state_vector(body), deleted, digest), end


def read_state_vector(data: bytes) -> dict[int, int]:
    """Client id to clock. The count is held against the length first: 6 bytes may claim 4e8 entries."""
    count, at = read_varint(data, 0)
    if count * 2 > len(data) - at:
        raise MalformedError("state vector claims more entries than it has bytes")
    clocks: dict[int, int] = {}
    for _ in range(count):
        client_id, at = read_varint(data, at)
        clock, at = read_varint(data, at)
        if client_id > MAX_CLIENT_ID or client_id in clocks:
            raise MalformedError("client id out of range or named twice")
        if clock > MAX_CLOCK:
            raise MalformedError("clock out of range")
        clocks[client_id] = clock
    if at != len(data):
        raise MalformedError("bytes after the state vector")
    return clocks


def read_awareness(data: bytes) -> tuple[AwarenessEntry, ...]:
    count, at = read_varint(data, 0)
    if count * 3 > len(data) - at:
        raise MalformedError("awareness claims more entries than it has bytes")
    entries = []
    for _ in range(count):
        client_id, at = read_varint(data, at)
        clock, at = read_varint(data, at)
        state, at = read_string(data, at)
        if client_id > MAX_CLIENT_ID:
            raise MalformedError("client id out of range")
        entries.append(AwarenessEntry(client_id, clock, state))
    if at != len(data):
        raise MalformedError("bytes after the awareness")
    return tuple(entries)


# --- Writing -----------------------------------------------------------------------------------------------------


def varint(number: int) -> bytes:
    if number < 0x80:
        return bytes((number,))
    out = bytearray()
    while number > 0x7F:
        out.append(0x80 | (number & 0x7F))
        number >>= 7
    out.append(number)
    return bytes(out)


def lengthed(data: bytes) -> bytes:
    return varint(len(data)) + data


def string(text: str) -> bytes:
    return lengthed(text.encode())


def state_vector(clocks: dict[int, int]) -> bytes:
    return varint(len(clocks)) + b"".join(varint(client) + varint(clock) for client, clock in clocks.items())


def step_1(clocks: dict[int, int]) -> bytes:
    return b"\x00\x00" + lengthed(state_vector(clocks))


def step_2(update: bytes) -> bytes:
    return b"\x00\x01" + lengthed(update)


def update(data: bytes) -> bytes:
    return b"\x00\x02" + lengthed(data)


def awareness(entries: Iterable[AwarenessEntry]) -> bytes:
    return awareness_of([awareness_entry(entry) for entry in entries])


def awareness_entry(entry: AwarenessEntry) -> bytes:
    return varint(entry.client_id) + varint(entry.clock) + string(entry.state)


def awareness_of(written: Sequence[bytes]) -> bytes:
    """A frame of entries that are written already."""
    return b"\x01" + lengthed(varint(len(written)) + b"".join(written))


def stored(count: int, unix_ms: int) -> bytes:
    return bytes((Message.STORED,)) + varint(count) + varint(unix_ms)


def refused(number: int, code: str, reason: str) -> bytes:
    return bytes((Message.REFUSED,)) + varint(number) + string(code) + string(reason)


def hello(epoch: int, seq: int, role: str) -> bytes:
    return bytes((Message.HELLO,)) + varint(epoch) + varint(seq) + string(role)


def access(role: str) -> bytes:
    return bytes((Message.ACCESS,)) + string(role)


def check(verdict: Verdict) -> bytes:
    return bytes((Message.CHECK, verdict))


def trouble(code: str, reason: str) -> bytes:
    return bytes((Message.TROUBLE,)) + string(code) + string(reason)


def resync(number: int) -> bytes:
    return bytes((Message.RESYNC,)) + varint(number)


def closing(code: int, reason: str) -> bytes:
    return bytes((Message.CLOSING,)) + varint(code) + string(reason)
