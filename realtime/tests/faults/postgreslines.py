"""A line to PostgreSQL that breaks at a chosen word: before the database hears it, or when it has answered it.

Between the two lies every place at which a statement may fail: not begun, done and not answered, committed and not
answered.
"""

import struct
import threading
from collections import Counter
from enum import StrEnum

from realtime.tests.faults.proxies import Cut, Proxy, Relay

WRITES = b'INSERT INTO "notes_noteupdate"'
NO_TLS = 80_877_103
KINDS = {"P": "parse", "B": "bind", "D": "describe", "E": "execute", "S": "sync", "H": "flush", "C": "close"}


class When(StrEnum):
    BEFORE = "before"  # the database never hears it
    AFTER = "after"  # the database answers, and nobody hears the answer


class Breaking(Proxy):
    """`aim` and then wait for `struck`. Only connections on which logs are written are struck."""

    def __init__(self, port: int) -> None:
        super().__init__(port, Counted)
        self.struck = threading.Event()
        self.left = 0
        self.since = ""
        self.when = When.BEFORE
        self.words: Counter[str] = Counter()  # that were struck

    def aim(self, words: int, when: When, since: str) -> None:
        """At the so-manieth word, counted from the next that has this name and is the first."""
        self.struck.clear()
        self.since, self.when, self.left = since, when, words

    def is_it(self, word: bytes) -> bool:
        name = name_of(word)
        if self.since and name != self.since:
            return False
        self.since = ""
        self.left -= 1
        if self.left == 0:
            self.words[name] += 1
        return self.left == 0


def name_of(word: bytes) -> str:
    """A statement's verb, or the kind of another message."""
    kind = word[:1].decode("latin-1")
    return word[5:].split()[0].rstrip(b";\0").decode("latin-1") if kind == "Q" else KINDS.get(kind, kind)


class Counted(Relay):
    """One connection. Its words are the messages of the PostgreSQL protocol that its client sends."""

    proxy: Breaking

    def __init__(self, proxy: Proxy) -> None:
        super().__init__(proxy)
        self._rest = b""
        self._greeted = False
        self._writes = False
        self._doomed = False

    async def asked(self, data: bytes) -> bytes:
        self._rest += data
        passed = b""
        while word := self._next():
            self._writes = self._writes or WRITES in word
            if self._writes and self._greeted and self.proxy.is_it(word):
                if self.proxy.when is When.BEFORE:
                    self.proxy.struck.set()
                    raise Cut(passed)
                self._doomed = True
            passed += word
        return passed

    async def answered(self, data: bytes) -> bytes:
        if self._doomed:
            self.proxy.struck.set()
            raise Cut
        return data

    def _next(self) -> bytes:
        """The next whole message; empty while it is not all there. The first have no letter before their length."""
        start = 1 if self._greeted else 0
        if len(self._rest) < start + 4:
            return b""
        (length,) = struct.unpack_from(">I", self._rest, start)
        if len(self._rest) < start + length:
            return b""
        word, self._rest = self._rest[: start + length], self._rest[start + length :]
        if not self._greeted and struct.unpack_from(">I", word, 4)[0] != NO_TLS:
            self._greeted = True
        return word
