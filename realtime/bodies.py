"""Frames in the body of a request and of its answer: docs/protocol.md, "Plain requests"."""

from collections.abc import Iterable, Iterator

from realtime.protocol import lengthed, read_bytes, string, varint


def frames_of(body: bytes) -> Iterator[bytes]:
    """What a request says, one frame after the other. Raises MalformedError on the way."""
    at = 0
    while at < len(body):
        frame, at = read_bytes(body, at)
        yield frame


def answer(stream: str, first: int, frames: Iterable[bytes]) -> bytes:
    """`first` is the number of the first of these frames in the stream."""
    return b"".join((string(stream), varint(first), *map(lengthed, frames)))
