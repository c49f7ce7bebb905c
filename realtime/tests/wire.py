"""A WebSocket client that decides over every byte: how a frame is cut, masked, and when it leaves."""

import contextlib
import re
import socket
import time
from typing import Self

from core.tests.servers import Server
from realtime.tests import said
from realtime.tests.said import Said

SECONDS = 10
KEY = b"\x11\x22\x33\x44"
BINARY, CONTINUATION, TEXT, CLOSE, PING, PONG = 2, 0, 1, 8, 9, 10


def frame(payload: bytes, opcode: int = BINARY, *, final: bool = True, masked: bool = True) -> bytes:
    """As clients send it."""
    length = len(payload)
    mask = 0x80 if masked else 0
    head = bytes([(0x80 if final else 0) | opcode])
    if length < 126:
        head += bytes([mask | length])
    elif length < 65_536:
        head += bytes([mask | 126]) + length.to_bytes(2, "big")
    else:
        head += bytes([mask | 127]) + length.to_bytes(8, "big")
    if not masked:
        return head + payload
    return head + KEY + bytes(byte ^ KEY[at % 4] for at, byte in enumerate(payload))


class Wire:
    """One connection to a note, past the handshake. `server`, `email`: who opens it; `path`: the note's page."""

    def __init__(self, server: Server, email: str, path: str, at_once: bytes = b"") -> None:
        self._buffer = b""
        self.socket = socket.create_connection(("localhost", server.port), timeout=SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [
            f"GET /ws{path.rstrip('/')} HTTP/1.1", f"Host: localhost:{server.port}", f"Origin: {server.url}",
            f"Cookie: {server.cookie(email)}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: commonplace.v1", "", "",
        ]  # fmt: skip
        self.socket.sendall("\r\n".join(lines).encode())
        while b"\r\n\r\n" not in self._buffer:
            self._read()
        answer, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        assert re.match(rb"HTTP/1.1 101 ", answer), answer
        if at_once:
            self.socket.sendall(at_once)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def drip(self, data: bytes) -> None:
        """Byte by byte, each in a packet of its own as far as the kernel allows."""
        for at in range(len(data)):
            self.socket.sendall(data[at : at + 1])

    def next(self) -> tuple[int, bytes]:
        """The next frame, as opcode and payload."""
        self._need(2)
        length = self._buffer[1] & 0x7F
        at = 2
        if length >= 126:
            at = 4 if length == 126 else 10
            self._need(at)
            length = int.from_bytes(self._buffer[2:at], "big")
        self._need(at + length)
        opcode, payload = self._buffer[0] & 0x0F, self._buffer[at : at + length]
        self._buffer = self._buffer[at + length :]
        return opcode, payload

    def hears(self, name: str, seconds: float = SECONDS) -> Said:
        """The next message of this name."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            opcode, payload = self.next()
            if opcode == PING:
                self.send(frame(payload, PONG))
                continue
            assert opcode == BINARY, (opcode, payload)
            if (message := said.read(payload))[0] == name:
                return message
        raise AssertionError(f"never heard {name}")

    def closing_code(self) -> int | None:
        """None: the line was dropped without one."""
        with contextlib.suppress(ConnectionError):
            while True:
                opcode, payload = self.next()
                if opcode == CLOSE:
                    return int.from_bytes(payload[:2], "big")
        return None

    def _need(self, count: int) -> None:
        while len(self._buffer) < count:
            self._read()

    def _read(self, most: int = 65_536) -> None:
        data = self.socket.recv(most)
        if not data:
            raise ConnectionResetError
        self._buffer += data
