"""A short way for binary frames between a socket and its room, beside the way of ASGI.

ASGI costs a queue, a message and a turn of the event loop for each frame, and Twisted one more turn for each write.
Here a complete binary frame is handed on in the call that read it, and a frame that is sent goes straight to the kernel
as long as nothing waits in front of it.

The handshake, closing, pings, text, fragments and long frames stay autobahn's work. The lane leans on the insides of
Twisted's TCP transport and of autobahn's parser; `fits` looks whether they are as they were, else ASGI carries all.
"""

import asyncio
import time
from functools import lru_cache
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp

from core.lib.lanes import Take, cork

BINARY = 0x82  # the first byte of a whole binary frame
MASKED = 0x80
HEADER = 6  # bytes of the shortest masked frame
OF_TRANSPORT = ("dataBuffer", "_tempDataBuffer", "_tempDataLen", "offset", "socket", "protocol")
OF_REACTOR = ("_readers", "_readOrWrite")
OF_PARSER = ("data", "current_frame", "inside_message", "send_queue", "state")


class Lane(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """Daphne's protocol with the short way in and out; see core/lib/lanes.py."""

    is_drained = True  # the transport takes more
    _take: Take | None = None
    _rest = b""  # the beginning of a frame whose end has not come
    _held: list[bytes] | None = None  # frames under the cork
    _winding = True  # autobahn is inside of something: first of the handshake

    def fits(self) -> bool:
        """Whether this is a plain TCP connection whose insides are known. Through TLS nothing may pass beside it."""
        plain = type(self.transport) is tcp.Server and not getattr(self.transport, "TLS", False)
        whole = all(hasattr(self.transport, name) for name in OF_TRANSPORT)
        return plain and whole and all(hasattr(self.transport.reactor, name) for name in OF_REACTOR)

    def attach(self, take: Take) -> bool:
        if self.application_queue.qsize() or not all(name in vars(self) for name in OF_PARSER):
            return False
        self._take = take
        self._winding = self._is_inside
        self._read_directly()
        return True

    def _read_directly(self) -> None:
        """Without the log context that Twisted makes anew for each read: it takes longer than the read. After a pause
        Twisted reads in its own way again."""
        transport = self.transport
        reactor = transport.reactor
        if transport in reactor._readers:
            asyncio.get_running_loop().add_reader(transport.fileno(), reactor._readOrWrite, transport, True)

    @property
    def _is_inside(self) -> bool:
        return bool(self.data) or self.current_frame is not None or self.inside_message

    # --- Out -----------------------------------------------------------------------------------------------------

    def send(self, payload: bytes) -> bool:
        if self.state != self.STATE_OPEN:
            return True  # whoever is gone misses nothing
        if not self.is_drained:
            return False
        if cork.holding is None:
            self._write(framed(payload))
        elif self._held is None:
            self._held = [framed(payload)]
            cork.holding.append(self)
        else:
            self._held.append(framed(payload))
        return True

    def release(self) -> None:
        held, self._held = self._held, None
        if held and self.state == self.STATE_OPEN:
            self._write(held[0] if len(held) == 1 else b"".join(held))

    def _write(self, data: bytes) -> None:
        transport = self.transport
        if transport.dataBuffer or transport._tempDataBuffer or self.send_queue:
            self.sendData(data)
            return
        try:
            sent = transport.socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # whoever reads sees it too, and closes
        if sent < len(data):
            self.sendData(data[sent:])

    @property
    def backlog(self) -> int:
        """Bytes that wait in the transport."""
        transport = self.transport
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)

    # --- In ------------------------------------------------------------------------------------------------------

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        if self._take is None:
            super().dataReceived(data)
            return
        if self._winding:
            self._wind(data)
            return
        self.last_ping = time.time()
        if self._rest:
            data, self._rest = self._rest + data, b""
        at, end = 0, len(data)
        while end - at >= HEADER and data[at] == BINARY and self._take is not None:
            short = data[at + 1] - MASKED
            if short == 126:
                start = at + HEADER + 2
                length = (data[at + 2] << 8) | data[at + 3]
                if length < 126:
                    break  # not the shortest way to say it
            elif 0 < short < 126:
                start, length = at + HEADER, short
            else:
                break  # empty, long, or not masked
            if start + length > end:
                self._rest = data[at:]
                return
            self._take(unmasked(data[start - 4 : start], data[start : start + length]))
            at = start + length
        if at == end:
            return
        if end - at < HEADER and data[at] == BINARY and (end - at == 1 or data[at + 1] >= MASKED):
            self._rest = data[at:]
        else:
            self._wind(data[at:])

    def _wind(self, data: bytes) -> None:
        """The long way, until autobahn stands between two messages."""
        super().dataReceived(data)
        self._winding = self._is_inside

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803  # autobahn's names
        if self._take is not None and isBinary and not self.muted:
            self.last_ping = time.time()
            self._take(payload)
        else:
            self.wait_in_line(payload, isBinary)

    def wait_in_line(self, payload: bytes, is_binary: bool) -> None:
        """The way of ASGI: the application takes it when it comes to it."""
        super().onMessage(payload, is_binary)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self._take = None
        super().connectionLost(reason)


@lru_cache(maxsize=1)
def framed(payload: bytes) -> bytes:
    """A whole binary frame as servers send it: not masked, so that what goes to a whole room is made once."""
    length = len(payload)
    if length < 126:
        return bytes((BINARY, length)) + payload
    if length < 65_536:
        return b"\x82\x7e" + length.to_bytes(2, "big") + payload
    return b"\x82\x7f" + length.to_bytes(8, "big") + payload


def unmasked(key: bytes, masked: bytes) -> bytes:
    length = len(masked)
    keys = (key * (length // 4 + 1))[:length]
    return (int.from_bytes(masked, "little") ^ int.from_bytes(keys, "little")).to_bytes(length, "little")
