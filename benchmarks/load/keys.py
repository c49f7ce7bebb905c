"""Keystrokes by rule, each a Yjs update of one character, as an editor makes it: behind the typist's own last one."""

import json
import random
from array import array
from collections.abc import Callable

from realtime import protocol
from realtime.protocol import AwarenessEntry, lengthed, varint

SEEDER = 1  # client id that every note's first text is by
WORDS = b"the note that we share has many lines so people write in it while others read what they see "


def seed_text(length: int) -> bytes:
    words = WORDS.split()
    pick = random.Random(7)
    text = b""
    while len(text) < length:
        text += pick.choice(words) + (b"\n" if pick.random() < 0.1 else b" ")
    return text[:length]


def seed_update(text: bytes) -> bytes:
    """The first text of an empty note."""
    return b"\x01\x01" + varint(SEEDER) + b"\x00\x04\x01" + protocol.string("content") + lengthed(text) + b"\x00"


def key(client_id: int, clock: int, left: tuple[int, int], right: tuple[int, int], sign: int) -> bytes:
    """One character between two others, each named by client id and clock."""
    ids = b"".join(map(varint, (*left, *right)))
    return b"\x01\x01" + varint(client_id) + varint(clock) + b"\xc4" + ids + bytes((1, sign, 0))


class Typist:
    """Makes one client's frames beforehand and remembers when each was sent. The clock of a key is its index."""

    def __init__(self, client_id: int, place: int, framed: Callable[[bytes], bytes]) -> None:
        """`place`: how many characters of the seed stand before the cursor, at least 1 and less than all."""
        self.client_id = client_id
        self.place = place
        self.frames: list[bytes] = []
        self.sent = array("d")  # seconds of the generator's clock
        self.first = self.last = 0  # keys of the window that is measured
        self._framed = framed
        self._moves = 0

    def make(self, count: int) -> None:
        """Has `count` frames ready that were not sent yet."""
        right = (SEEDER, self.place)
        for clock in range(len(self.frames), len(self.sent) + count):
            left = (self.client_id, clock - 1) if clock else (SEEDER, self.place - 1)
            update = key(self.client_id, clock, left, right, WORDS[clock % len(WORDS)])
            self.frames.append(self._framed(protocol.update(update)))

    def cursor(self) -> bytes:
        """A frame that says where the cursor is."""
        self._moves += 1
        end = {"type": None, "tname": "content", "item": {"client": SEEDER, "clock": self.place}, "assoc": -1}
        state = json.dumps({"user": {"name": "Somebody"}, "cursor": {"anchor": end, "head": end}})
        return self._framed(protocol.awareness([AwarenessEntry(self.client_id, self._moves, state)]))
