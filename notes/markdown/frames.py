"""How the two ends of a worker's pipe tell messages apart: four bytes of length (big-endian), then so many bytes."""

import struct
from typing import BinaryIO

LENGTH = struct.Struct(">I")


def framed(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body


def whole(received: bytearray) -> bytes | None:
    """The body, once all of it is here."""
    if len(received) < LENGTH.size or len(received) < LENGTH.size + LENGTH.unpack_from(received)[0]:
        return None
    return bytes(received[LENGTH.size :])


def read(stream: BinaryIO) -> bytes | None:
    """Waits for the next body; None when the other end is gone."""
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None
