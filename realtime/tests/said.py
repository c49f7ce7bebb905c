"""Reads what the server says, by the tables of docs/protocol.md and with no code of the server."""

from collections.abc import Iterable
from typing import Any

type Said = tuple[Any, ...]
"""The message's name and its fields: ("stored", 3), ("refused", 1, "root"), ("update", b"..."), ..."""


class Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def bytes(self) -> bytes:
        length = self.number()
        self.at += length
        assert self.at <= len(self.data)
        return self.data[self.at - length : self.at]

    def string(self) -> str:
        return self.bytes().decode()


def read(frame: bytes) -> Said:
    reader = Reader(frame)
    said = _message(reader)
    assert reader.at == len(frame), "bytes after the message"
    return said


def _message(reader: Reader) -> Said:
    match reader.number():
        case 0:
            step, body = reader.number(), reader.bytes()
            return ("step 1", vector(body)) if step == 0 else ("step 2" if step == 1 else "update", body)
        case 1:
            return ("awareness", awareness(reader.bytes()))
        case 100:
            count, _time = reader.number(), reader.number()
            return ("stored", count)
        case 101:
            number, code, _reason = reader.number(), reader.string(), reader.string()
            return ("refused", number, code)
        case 102:
            return ("hello", reader.number(), reader.number(), reader.string())
        case 103:
            return ("access", reader.string())
        case 104:
            return ("check", reader.number())
        case 105:
            code, _reason = reader.string(), reader.string()
            return ("trouble", code)
        case 106:
            return ("resync", reader.number())
        case 107:
            closing, _reason = reader.number(), reader.string()
            return ("closing", closing)
        case kind:
            raise AssertionError(f"the server sends no message {kind}")


def vector(body: bytes) -> dict[int, int]:
    reader = Reader(body)
    return {reader.number(): reader.number() for _ in range(reader.number())}


def awareness(body: bytes) -> dict[int, tuple[int, str]]:
    """Client id to clock and state."""
    reader = Reader(body)
    return {reader.number(): (reader.number(), reader.string()) for _ in range(reader.number())}


def kinds(messages: Iterable[Said]) -> list[str]:
    return [said[0] for said in messages]
