"""Builds Yjs updates from structs, sound or not: what is hostile in the tests is made here, by rule.

An encoder of its own, so that a mistake of the decoder is not repeated in what tests it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

DELETED, STRING = 1, 4
HAS_LEFT, HAS_RIGHT, HAS_KEY = 0x80, 0x40, 0x20

type Id = tuple[int, int]


def varint(number: int, *, padding: int = 0) -> bytes:
    """LEB128; `padding` zero bytes more than the shortest form has."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F)
    groups += [0] * padding
    return bytes([0x80 | group for group in groups[:-1]] + [groups[-1]])


def lengthed(data: bytes) -> bytes:
    return varint(len(data)) + data


def units(text: str) -> int:
    """Length as Yjs counts it."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True)
class Struct:
    """One struct. The defaults make a sound one of each kind; every field can be set to something unsound."""

    kind: int
    content: bytes
    length: int
    left: Id | None = None
    right: Id | None = None
    parent: bytes = b"\x01" + lengthed(b"content")
    flags: int = 0

    def encoded(self) -> bytes:
        flags = self.flags | (HAS_LEFT if self.left else 0) | (HAS_RIGHT if self.right else 0)
        origins = b"".join(varint(origin[0]) + varint(origin[1]) for origin in (self.left, self.right) if origin)
        return bytes([self.kind | flags]) + (origins or self.parent) + self.content


def string(text: str, *, left: Id | None = None, right: Id | None = None) -> Struct:
    return Struct(STRING, lengthed(text.encode()), units(text), left, right)


def deleted(length: int, *, left: Id | None = None, right: Id | None = None) -> Struct:
    return Struct(DELETED, varint(length), length, left, right)


@dataclass(frozen=True)
class Block:
    client: int
    clock: int
    structs: Sequence[Struct]

    def encoded(self) -> bytes:
        header = varint(len(self.structs)) + varint(self.client) + varint(self.clock)
        return header + b"".join(struct.encoded() for struct in self.structs)


def block(client: int, clock: int, *structs: Struct) -> Block:
    return Block(client, clock, structs)


def update(*blocks: Block, deletions: Sequence[tuple[int, int, int]] = ()) -> bytes:
    """`deletions`: client, clock, length; several of one client are written together."""
    return varint(len(blocks)) + b"".join(part.encoded() for part in blocks) + _deletions(deletions)


def _deletions(deletions: Sequence[tuple[int, int, int]]) -> bytes:
    of: dict[int, list[bytes]] = {}
    for client, clock, length in deletions:
        of.setdefault(client, []).append(varint(clock) + varint(length))
    parts = [varint(client) + varint(len(ranges)) + b"".join(ranges) for client, ranges in of.items()]
    return varint(len(parts)) + b"".join(parts)
