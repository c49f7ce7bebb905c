"""A line to Redis on which published messages get lost, come twice, come late and out of order; all else passes."""

import random

from realtime.tests.faults.proxies import Proxy, Relay

COUNTED = b"*>~"  # arrays, pushes, sets
MEASURED = b"$="
MOST_KEPT = 5


class Chance(Proxy):
    """`mischief`: how much of what is published meets with some, from 0 to 1."""

    def __init__(self, port: int, seed: int) -> None:
        super().__init__(port, Whim)
        self.dice = random.Random(seed)
        self.mischief = 0.0
        self.lost = self.late = self.doubled = 0


class Whim(Relay):
    """The answers of one connection, cut into replies; those that are messages are at the mercy of chance."""

    proxy: Chance

    def __init__(self, proxy: Proxy) -> None:
        super().__init__(proxy)
        self._rest = b""
        self._kept: list[bytes] = []

    async def answered(self, data: bytes) -> bytes:
        self._rest += data
        passed = []
        while (end := reply_end(self._rest, 0)) is not None:
            reply, self._rest = self._rest[:end], self._rest[end:]
            passed += self._toss(reply) if b"$7\r\nmessage\r\n" in reply[:24] else [reply]
        return b"".join(passed)

    def _toss(self, reply: bytes) -> list[bytes]:
        dice = self.proxy.dice
        if dice.random() >= self.proxy.mischief:
            kept, self._kept = self._kept, []
            dice.shuffle(kept)
            return [reply, *kept]  # what was kept comes after what is newer
        match dice.choice(("lose", "keep", "double")):
            case "lose":
                self.proxy.lost += 1
                return []
            case "keep" if len(self._kept) < MOST_KEPT:
                self.proxy.late += 1
                self._kept.append(reply)
                return []
            case _:
                self.proxy.doubled += 1
                return [reply, reply]


def reply_end(data: bytes, start: int) -> int | None:
    """Where the reply that begins here ends (RESP 2 and 3); None while it is not all there."""
    line_end = data.find(b"\r\n", start)
    if line_end < 0:
        return None
    kind, head, at = data[start], data[start + 1 : line_end], line_end + 2
    if kind in MEASURED and int(head) >= 0:
        end = at + int(head) + 2
        return end if end <= len(data) else None
    parts = int(head) if kind in COUNTED else 2 * int(head) if kind == ord("%") else 0
    for _ in range(parts):
        found = reply_end(data, at)
        if found is None:
            return None
        at = found
    return at
