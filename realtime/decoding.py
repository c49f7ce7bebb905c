"""Reads a Yjs update (format v1) byte by byte, and takes nothing but what a note's text can be made of.

Runs before any CRDT library sees the bytes: short updates exist that kill, freeze or corrupt the native decoders
(see docs/protocol.md, "What is admitted"). No Django, no pycrdt here.

Layout, all numbers varints: count of clients; for each: count of structs, client, clock, structs. A struct is an info
byte (low 5 bits: kind; 0x80: left origin; 0x40: right origin; 0x20: map key), its origins (client, clock), the parent
if it has no origin, and its content. Then the deletions: count of clients; for each: client, count, (clock, length)*.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from realtime.protocol import MAX_CLIENT_ID, MAX_CLOCK, MalformedError, read_string, read_varint

MAX_CLIENTS = 1_024
ROOT = "content"

DELETED, STRING = 1, 4
HAS_LEFT, HAS_RIGHT, HAS_KEY = 0x80, 0x40, 0x20

type Id = tuple[int, int]

_NUMBER = rb"([\x80-\xff]{1,7}[\x01-\x7f]|[\x00-\x7f])"
_KEYSTROKE = re.compile(
    rb"\x01\x01%b%b(?:\x84%b%b|\xc4%b%b%b%b)([\x01-\x7f])([\x00-\x7f]+)\x00" % ((_NUMBER,) * 8), re.DOTALL
)


class Refusal(Exception):  # the answer to an update, not a fault of ours
    """An update that will never be taken. `code` is one of docs/protocol.md."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason} ({self.code})"


@dataclass(slots=True)
class Struct:
    """A run of units by one client. `halves`: clocks of the second halves of its surrogate pairs."""

    kind: int
    clock: int
    length: int
    left: Id | None = None
    right: Id | None = None
    halves: tuple[int, ...] = ()


@dataclass(slots=True)
class Block:
    """One client's structs, each beginning where the one before ends."""

    client: int
    start: int
    end: int
    structs: list[Struct]


@dataclass(slots=True)
class Decoded:
    blocks: list[Block]
    deletions: list[tuple[int, int, int]]  # client, start, end


@dataclass(slots=True)
class Keystroke:
    """The commonest update by far: some ASCII by one client, behind something and perhaps before something."""

    client: int
    clock: int
    length: int
    left: Id
    right: Id | None


def keystroke(update: bytes) -> Keystroke | None:
    """Reads such an update in a third of the time. None: it is another, or malformed; `decode` tells.

    Ids may be out of range: whoever compares them with what is known finds that out.
    """
    match = _KEYSTROKE.fullmatch(update)
    if match is None:
        return None
    by, clock, *origin, length, text = match.groups()
    if length[0] != len(text):
        return None
    client = _client(by)
    if origin[0] is not None:
        left = (client if origin[0] == by else _client(origin[0])), _number(origin[1])
        return Keystroke(client, _number(clock), len(text), left, None)
    left, right = (_client(origin[2]), _number(origin[3])), (_client(origin[4]), _number(origin[5]))
    return Keystroke(client, _number(clock), len(text), left, right)


def _number(varint: bytes) -> int:
    if len(varint) == 2:
        return varint[0] & 0x7F | varint[1] << 7
    number = shift = 0
    for byte in varint:
        number |= (byte & 0x7F) << shift
        shift += 7
    return number


_client = lru_cache(maxsize=1024)(_number)


def decode(update: bytes, *, most_clients: int | None = MAX_CLIENTS) -> Decoded:
    """Raises Refusal. `most_clients` is None for a snapshot: in time a note has more client ids than any update."""
    try:
        blocks, at = _blocks(update, most_clients)
        deletions, at = _deletions(update, at)
    except MalformedError as error:
        raise Refusal("malformed", str(error)) from None
    except IndexError:
        raise Refusal("malformed", "ends inside a struct") from None
    if at != len(update):
        raise Refusal("malformed", "bytes after the update")
    return Decoded(blocks, deletions)


def _blocks(data: bytes, most_clients: int | None) -> tuple[list[Block], int]:
    count, at = read_varint(data, 0)
    if most_clients is not None and count > most_clients:
        raise Refusal("range", "too many clients in one update")
    blocks: list[Block] = []
    seen: set[int] = set()
    for _ in range(count):
        structs_count, at = read_varint(data, at)
        client, at = read_varint(data, at)
        clock, at = read_varint(data, at)
        if client > MAX_CLIENT_ID or client in seen:
            raise Refusal("range", "client id out of range or named twice")
        if not structs_count or structs_count * 2 > len(data):
            raise Refusal("malformed", "claims more structs than it has bytes")
        seen.add(client)
        start, structs = clock, []
        for _ in range(structs_count):
            struct, at = _struct(data, at, clock)
            clock += struct.length
            if clock > MAX_CLOCK:
                raise Refusal("range", "clock out of range")
            structs.append(struct)
        blocks.append(Block(client, start, clock, structs))
    return blocks, at


def _struct(data: bytes, at: int, clock: int) -> tuple[Struct, int]:
    info = data[at]
    at += 1
    kind = info & 0x1F
    # Also no collected structs: a client makes them only beneath a nested type, and around them libraries differ.
    if kind not in (STRING, DELETED):
        raise Refusal("struct", f"struct of kind {kind}")
    left = right = None
    if info & HAS_LEFT:
        left, at = _id(data, at)
    if info & HAS_RIGHT:
        right, at = _id(data, at)
    if left is None and right is None:
        at = _parent(data, at)
    if info & HAS_KEY:
        raise Refusal("struct", "a map key")
    if kind == DELETED:
        length, at = _length(data, at)
        return Struct(DELETED, clock, length, left, right), at
    text, at = read_string(data, at)
    if not text:
        raise Refusal("struct", "an empty string")
    length, halves = _units(text, clock)
    return Struct(STRING, clock, length, left, right, halves), at


def _units(text: str, clock: int) -> tuple[int, tuple[int, ...]]:
    """Length in UTF-16 units, and the clocks of second halves of surrogate pairs."""
    if text.isascii() or max(text) <= "\uffff":
        return len(text), ()
    halves, unit = [], clock
    for sign in text:
        unit += 1
        if sign > "\uffff":
            halves.append(unit)
            unit += 1
    return unit - clock, tuple(halves)


def _id(data: bytes, at: int) -> tuple[Id, int]:
    client, at = read_varint(data, at)
    clock, at = read_varint(data, at)
    if client > MAX_CLIENT_ID or clock > MAX_CLOCK:
        raise Refusal("range", "id out of range")
    return (client, clock), at


def _parent(data: bytes, at: int) -> int:
    named, at = read_varint(data, at)
    if named != 1:
        raise Refusal("root", "a nested type")
    name, at = read_string(data, at)
    if name != ROOT:
        raise Refusal("root", "another root than the note's text")
    return at


def _length(data: bytes, at: int) -> tuple[int, int]:
    length, at = read_varint(data, at)
    if not 0 < length <= MAX_CLOCK:
        raise Refusal("range", "length out of range")
    return length, at


def _deletions(data: bytes, at: int) -> tuple[list[tuple[int, int, int]], int]:
    count, at = read_varint(data, at)
    if count * 2 > len(data):
        raise Refusal("malformed", "claims more deletions than it has bytes")
    deletions = []
    seen: set[int] = set()
    for _ in range(count):
        client, at = read_varint(data, at)
        ranges, at = read_varint(data, at)
        if client > MAX_CLIENT_ID or client in seen:
            raise Refusal("range", "client id out of range or named twice")
        seen.add(client)
        if ranges * 2 > len(data):
            raise Refusal("malformed", "claims more deletions than it has bytes")
        end = 0
        for _ in range(ranges):
            clock, at = read_varint(data, at)
            length, at = _length(data, at)
            # Yjs sorts them. In another order one frame takes the libraries, and our own sets, ten seconds.
            if clock < end:
                raise Refusal("range", "deletions out of order")
            end = clock + length
            if end > MAX_CLOCK:
                raise Refusal("range", "deletion out of range")
            deletions.append((client, clock, end))
    return deletions, at
