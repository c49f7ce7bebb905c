"""Numbers as bytes: varints (LEB128, shortest form), and signed numbers folded so that short distances stay short."""

from collections.abc import Iterable

LONGEST = 8  # bytes of a number in an update; more is no number that Yjs would write
LONGEST_DISTANCE = 20  # bytes of a number in a column: sums of such


def read(data: bytes, at: int) -> tuple[int, int]:
    """The number at `at` and the position after it. Raises ValueError."""
    number = shift = 0
    while True:
        if at >= len(data) or shift >= 7 * LONGEST:
            raise ValueError("ends inside a number, or it is too long")
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7


def read_all(data: bytes) -> list[int]:
    """Raises ValueError when the last number is cut off."""
    numbers, number, shift = [], 0, 0
    for byte in data:
        if byte < 0x80:
            numbers.append(number | byte << shift)
            number = shift = 0
        else:
            number |= (byte & 0x7F) << shift
            shift += 7
            if shift >= 7 * LONGEST_DISTANCE:
                raise ValueError("a number is too long")
    if shift:
        raise ValueError("ends inside a number")
    return numbers


def write(numbers: Iterable[int]) -> bytes:
    """None of them below zero."""
    out = bytearray()
    for number in numbers:
        while number > 0x7F:
            out.append(number & 0x7F | 0x80)
            number >>= 7
        out.append(number)
    return bytes(out)


def folded(number: int) -> int:
    """0, -1, 1, -2 ... as 0, 1, 2, 3 ..."""
    return number * 2 if number >= 0 else -number * 2 - 1


def unfolded(number: int) -> int:
    return -(number + 1 >> 1) if number & 1 else number >> 1
