"""Which keystrokes an update holds: client ids and clocks from the heads of its structs. Nothing is applied.

A server may merge what many people typed into one frame, so a frame is not a keystroke. Clocks are: each unit of text
that a client writes has one of its own. The decoder of the house is not used, because what is measured here is not its
strictness: the others send structs that our log never holds.
"""

from realtime.protocol import read_bytes, read_string, read_varint

type Span = tuple[int, int, int]  # client id, first clock, clock after the last

LEFT_ORIGIN, RIGHT_ORIGIN, MAP_KEY, KIND = 0x80, 0x40, 0x20, 0x1F
COLLECTED, DELETED, STRING, SKIPPED = 0, 1, 4, 10
WITH_LENGTH = (COLLECTED, DELETED, SKIPPED)


def spans(update: bytes) -> list[Span]:
    """In the order of the update. Raises ValueError for anything but text (and MalformedError, which is one)."""
    found: list[Span] = []
    clients, at = read_varint(update, 0)
    for _ in range(clients):
        structs, at = read_varint(update, at)
        client, at = read_varint(update, at)
        clock, at = read_varint(update, at)
        start = clock
        for _ in range(structs):
            kind, length, at = _struct(update, at)
            if kind == SKIPPED:
                if clock > start:
                    found.append((client, start, clock))
                start = clock + length
            clock += length
        if clock > start:
            found.append((client, start, clock))
    return found


def _struct(data: bytes, at: int) -> tuple[int, int, int]:
    """Kind, length in units, and where the next struct begins."""
    info = data[at]
    kind, at = info & KIND, at + 1
    if kind not in (COLLECTED, SKIPPED):
        at = _head(data, at, info)
    if kind in WITH_LENGTH:
        length, at = read_varint(data, at)
        return kind, length, at
    if kind != STRING:
        raise ValueError(f"a struct of kind {kind} is no text")
    raw, at = read_bytes(data, at)
    # A unit is one of UTF-16.
    return kind, len(raw) if raw.isascii() else len(raw.decode().encode("utf-16-le")) // 2, at


def _head(data: bytes, at: int, info: int) -> int:
    """Past the origins or, where there is none, the parent."""
    numbers = 2 * bool(info & LEFT_ORIGIN) + 2 * bool(info & RIGHT_ORIGIN)
    if numbers:
        for _ in range(numbers):
            _, at = read_varint(data, at)
        return at
    root, at = read_varint(data, at)
    if root != 1:
        raise ValueError("a nested type is no text")
    _, at = read_string(data, at)
    if info & MAP_KEY:
        _, at = read_string(data, at)
    return at
