"""A Yjs update (format v1) taken apart and put together again, as far as the text of a note is made of such parts.

Layout, all numbers varints: count of clients; for each: count of structs, client, clock, structs. A struct is an info
byte (low 5 bits: kind; 0x80: left origin; 0x40: right origin), its origins (client, clock), the root's name if it has
no origin, and its content. Then the deletions: count of clients; for each: client, count, (clock, length)*.
"""

from typing import NamedTuple

from notes.packing import numbers

DELETED, STRING = 1, 4
HAS_LEFT, HAS_RIGHT = 0x80, 0x40
INFOS = frozenset(kind | flags for kind in (DELETED, STRING) for flags in (0, HAS_LEFT, HAS_RIGHT, 0xC0))
ROOT = b"\x01\x07content"

type Id = tuple[int, int]


class Struct(NamedTuple):
    """`text` is empty in one that is deleted; `units` is its length as clocks count it (UTF-16)."""

    info: int
    left: Id | None
    right: Id | None
    text: bytes
    units: int


class Block(NamedTuple):
    client: int
    clock: int
    structs: list[Struct]


class Cut(NamedTuple):
    """What is deleted of one client: (clock, length), as the update names them."""

    client: int
    ranges: list[tuple[int, int]]


class Parts(NamedTuple):
    blocks: list[Block]
    cuts: list[Cut]


def units(text: bytes) -> int:
    """Length in UTF-16 units of a text in UTF-8: counted byte by byte, so that any bytes have one."""
    if text.isascii():
        return len(text)
    return sum((byte & 0xC0 != 0x80) + (byte >= 0xF0) for byte in text)


def take_apart(update: bytes) -> Parts:
    """Raises ValueError for what a note's text is not made of. What is left out says `put_together`."""
    blocks = []
    count, at = numbers.read(update, 0)
    for _ in range(count):
        structs_count, at = numbers.read(update, at)
        client, at = numbers.read(update, at)
        clock, at = numbers.read(update, at)
        structs = []
        for _ in range(structs_count):
            struct, at = _struct(update, at)
            structs.append(struct)
        blocks.append(Block(client, clock, structs))
    cuts, at = _cuts(update, at)
    if at != len(update):
        raise ValueError("bytes after the update")
    return Parts(blocks, cuts)


def _struct(update: bytes, at: int) -> tuple[Struct, int]:
    info = update[at] if at < len(update) else 0
    if info not in INFOS:
        raise ValueError("a struct of another kind, or none")
    at += 1
    left = right = None
    if info & HAS_LEFT:
        left, at = _id(update, at)
    if info & HAS_RIGHT:
        right, at = _id(update, at)
    if left is None and right is None:
        if not update.startswith(ROOT, at):
            raise ValueError("another root than the note's text")
        at += len(ROOT)
    length, at = numbers.read(update, at)
    if info & 0x1F == DELETED:
        return Struct(info, left, right, b"", length), at
    text = update[at : at + length]
    if len(text) < length:
        raise ValueError("ends inside a text")
    return Struct(info, left, right, text, units(text)), at + length


def _id(update: bytes, at: int) -> tuple[Id, int]:
    client, at = numbers.read(update, at)
    clock, at = numbers.read(update, at)
    return (client, clock), at


def _cuts(update: bytes, at: int) -> tuple[list[Cut], int]:
    cuts = []
    count, at = numbers.read(update, at)
    for _ in range(count):
        client, at = numbers.read(update, at)
        ranges_count, at = numbers.read(update, at)
        ranges = []
        for _ in range(ranges_count):
            found, at = _id(update, at)
            ranges.append(found)
        cuts.append(Cut(client, ranges))
    return cuts, at


def put_together(parts: Parts) -> bytes:
    """In the shortest form. An update that was written in another does not come back from here as it was."""
    out = [numbers.write((len(parts.blocks),))]
    for client, clock, structs in parts.blocks:
        out.append(numbers.write((len(structs), client, clock)))
        for info, left, right, text, length in structs:
            out.append(bytes((info,)))
            out.append(numbers.write((*(left or ()), *(right or ()))))
            if left is None and right is None:
                out.append(ROOT)
            out.append(numbers.write((length if info & 0x1F == DELETED else len(text),)))
            out.append(text)
    out.append(numbers.write((len(parts.cuts),)))
    for client, ranges in parts.cuts:
        out.append(numbers.write((client, len(ranges), *(number for found in ranges for number in found))))
    return b"".join(out)
