"""The people of a fault test: they type into one note, come back by themselves, and tell in the end what they saw."""

import base64
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from core.tests.servers import Server
from core.tests.services import wait_until
from realtime.tests.faults.bookkeeper import Bookkeeper, Database, Logged
from realtime.tests.faults.history import History, Row, Violation, Witness, judge, tokens_of
from realtime.tests.peers import node
from realtime.tests.peers.lines import ChildError
from realtime.tests.peers.node import Host, Peer
from realtime.tests.peers.stage import Person, Stage
from realtime.tests.peers.test_random_sessions import document_of

NAMES = ("Ada", "Ben", "Dora", "Emil", "Femi", "Gita", "Hugo", "Ines", "Jon", "Kim")
READER = "Cleo"
LIVE_SECONDS = 30.0
AGREE_SECONDS = 30.0
MILLISECOND = 0.001


@dataclass(frozen=True)
class Run:
    """What became of it: all that is wrong, and some figures."""

    violations: list[Violation]
    history: History
    repeated: int  # blocks of structs that the log holds more than once, which is no fault

    @property
    def figures(self) -> str:
        typed, acked = (sum(len(getattr(w, what)) for w in self.history.witnesses) for what in ("typed", "acked"))
        seen = sum(len(witness.seen) for witness in self.history.witnesses)
        readings = len(self.history.readings)
        return f"{typed} tokens typed, {acked} stored, {seen} sightings, {self.history.head} rows, {readings} readings"


class Crowd:
    """Writers of one note, spread over the servers, each of whom knows all servers; and one who only reads.

    With `apart` all write at the last server, and the reader at the first sees nothing but what it hears from there.
    """

    def __init__(
        self,
        host: Host,
        stage: Stage,
        servers: Sequence[Server],
        *,
        size: int = len(NAMES),
        every: float,
        seed: int,
        apart: bool = False,
    ) -> None:
        self.note = stage.note()
        self._host = host
        self._stage = stage
        self._servers = servers
        self._authors: dict[str, int] = {}
        self._dead: set[str] = set()
        self._people: dict[str, Person] = {}
        self._seed = seed
        for number, name in enumerate(NAMES[:size]):
            self._enter(stage.person(name), number, every, at=-1 if apart else number % len(servers))
        self._enter(stage.person(READER, "viewer"), size, 0, at=0)

    def _enter(self, person: Person, number: int, every: float, at: int) -> None:
        servers = [*self._servers[at:], *self._servers[:at]]
        homes = [node.where(server) for server in servers]
        peer = self._host.peer(person, servers[0], self.note)
        options = {"author": number + 1, "every": every, "seed": self._seed + number, "homes": homes}
        self._host.ask("witness", peer=peer.name, options=options)
        self._authors[peer.name] = number + 1
        self._people[peer.name] = person

    # --- While it runs -------------------------------------------------------------------------------------------

    def summaries(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self._host.ask("summaries")
        return {name: summary for name, summary in found.items() if name in self._authors and name not in self._dead}

    @property
    def stored(self) -> int:
        """How many tokens were said to be stored so far."""
        return sum(summary["stored"] for summary in self.summaries().values())

    def go_on(self, tokens: int = 3, seconds: float = LIVE_SECONDS) -> float:
        """Waits until everybody is there and each has been told of so many tokens more. Returns how long it took."""
        begun, before = time.monotonic(), self.summaries()

        def all_go_on() -> bool:
            return all(
                now["online"] and (now["stored"] >= before[name]["stored"] + tokens or not now["writes"])
                for name, now in self.summaries().items()
            )

        self._wait(all_go_on, "everybody types and is heard", seconds)
        return time.monotonic() - begun

    def stores(self, tokens: int, seconds: float = LIVE_SECONDS) -> None:
        """Waits until so many tokens more were said to be stored, by whomever."""
        wanted = self.stored + tokens
        self._wait(lambda: self.stored >= wanted, f"{tokens} tokens more are stored", seconds)

    def types(self, tokens: int, seconds: float = LIVE_SECONDS) -> None:
        """Waits until each has typed so many tokens more, stored or not."""
        before = self.summaries()

        def all_typed() -> bool:
            return all(
                now["typed"] >= before[name]["typed"] + tokens or not now["writes"]
                for name, now in self.summaries().items()
            )

        self._wait(all_typed, f"each types {tokens} tokens more", seconds)

    def meets(self, seconds: float = LIVE_SECONDS) -> float:
        """Waits until everybody has seen what each types from now on. Returns how long it took."""
        begun = time.monotonic()
        typed = {now["author"]: now["typed"] for now in self.summaries().values() if now["writes"]}

        def all_see_all() -> bool:
            return all(
                now["latest"].get(str(author), 0) > number
                for now in self.summaries().values()
                for author, number in typed.items()
                if author != now["author"]
            )

        self._wait(all_see_all, "everybody sees everybody", seconds)
        return time.monotonic() - begun

    def _wait(self, condition: Callable[[], bool], what: str, seconds: float) -> None:
        try:
            wait_until(condition, what, seconds)
        except TimeoutError as error:
            standing = (f"{name}: {summary}" for name, summary in self.summaries().items())
            raise TimeoutError("\n".join([str(error), *standing])) from None

    def cut(self, *names: str) -> None:
        """Their lines break; they come back."""
        for name in names or self.names:
            self._host.ask("act", peer=name, act={"act": "cut"})

    def die(self, name: str) -> None:
        """One is never heard of again, with whatever they had not told anybody."""
        self._host.ask("die", peer=name)
        self._dead.add(name)

    @property
    def names(self) -> list[str]:
        return [name for name in self._authors if name not in self._dead]

    def ends(self) -> list[int]:
        """The codes with which connections ended so far."""
        return [code for summary in self.summaries().values() for code in summary["ends"]]

    # --- The end -------------------------------------------------------------------------------------------------

    def end(self, bookkeeper: Bookkeeper, seconds: float = AGREE_SECONDS) -> Run:
        """All stop, everything settles, somebody new comes; then everybody is heard and the log is read."""
        self._host.ask("rest")
        names = self.names
        # Who does not agree in the end is the judge's business.
        self._settle(names, seconds)
        new = self._host.peer(next(iter(self._people.values())), self._servers[-1], self.note)
        self._settle([names[0], new.name], seconds)
        head, rows = bookkeeper.whole_log()
        history = self._history(head, rows, new)
        history.readings = bookkeeper.readings
        sound = [base64.b64encode(row.data).decode() for row in rows if not row.quarantined]
        replayed = node.replay({self.note: sound})[self.note]
        assert "error" not in replayed, replayed["error"]
        history.texts["the log in Yjs"] = replayed["text"]
        history.texts["the log in pycrdt"] = document_of(sound).text()
        for name in [*self._authors, new.name]:
            Peer(self._host, name).end()
        return Run(judge(history), history, replayed["repeated"])

    def _settle(self, names: Sequence[str], seconds: float) -> None:
        try:
            self._host.ask("agree", names=names, ms=seconds * 1000)
        except ChildError as error:
            print(f"no agreement: {error}")

    def _history(self, head: int, rows: Sequence[Logged], new: Peer) -> History:
        states = self._host.states()
        witnesses = [self._testimony(name, states[name]["text"]) for name in self._authors]
        logged = [Row(row.seq, tuple(tokens_of(row.data.decode("latin-1")))) for row in rows]
        return History(witnesses, logged, head, texts={"somebody new": new.text})

    def _testimony(self, name: str, text: str) -> Witness:
        witness = Witness(name, self._authors[name], text=None if name in self._dead else text)
        for what, tokens, at in self._host.ask("testimony", peer=name):
            # Milliseconds are cut off where they are told.
            when = at / 1000 + MILLISECOND
            match what:
                case "typed":
                    witness.typed.update(dict.fromkeys(tokens, when))
                case "acked":
                    witness.acked.update(dict.fromkeys(tokens, when))
                case "seen":
                    for token in tokens:
                        witness.seen.setdefault(token, when)
                case "erased":
                    witness.erased.update(tokens)
        return witness


@contextmanager
def watched(server: Server, crowd: Crowd) -> Iterator[Bookkeeper]:
    with Bookkeeper(Database(server), crowd.note) as bookkeeper:
        yield bookkeeper
