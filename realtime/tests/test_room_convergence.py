"""Two processes, one log, several people who come and go, lost and reordered hints, commits that fail or seem to.

Whatever happens, everybody ends with one text, nothing that was acknowledged or shown is lost, and nothing is doubled.
"""

from collections.abc import Iterator
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from notes.documents import text_of
from realtime import protocol
from realtime.admission import Admission
from realtime.closing import Closing
from realtime.decoding import decode
from realtime.laggards import SLOW_BYTES
from realtime.presence import Person
from realtime.storage import Append, Appended, Behind, Gone, Row
from realtime.tests import said
from realtime.tests.hostile import lengthed
from realtime.tests.hosts import Host
from realtime.tests.ledger import Ledger
from realtime.tests.seats import ADA, BEN, CLEO, Seat
from realtime.tests.writers import Writer

PEOPLE = [ADA, BEN, CLEO]
# Every sign is written once: one unit and two units of UTF-16 in turn.
SIGNS = [chr(code) for pair in zip(range(0x4E00, 0x9FFF), range(0x1F300, 0x1FAFF), strict=False) for code in pair]
people = st.integers(0, len(PEOPLE) - 1)
processes = st.integers(0, 1)


class Client:
    """A browser: its document outlives connections and even page loads, as one kept on the device does."""

    def __init__(self, person: Person, client_id: int) -> None:
        self.person = person
        self.writer = Writer(client_id)
        self.seat: Seat | None = None
        self.host: Host | None = None
        self.sent: list[int] = []  # for each update message: how far it reaches in the writer's own units

    def send(self, update: bytes, frame: bytes) -> None:
        assert self.seat is not None
        assert self.host is not None
        own = [block.end for block in decode(update).blocks if block.client == self.writer.client_id]
        self.sent.append(max(own, default=0))
        self.host.receive(self.seat, frame)

    @property
    def unheard(self) -> bool:
        return self.seat is not None and bool(self.seat.frames)

    def next_frame(self) -> bytes | None:
        return self.seat.frames.pop(0) if self.seat and self.seat.frames else None

    def lose_connection(self) -> None:
        if self.seat and self.host:
            self.host.room.leave(self.seat)
        self.seat = self.host = None


class Process(Host):
    """A host with a flush that may be under way, its answer too, and hints from the other one that have not arrived."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, max_units=100_000)
        self.flight: Append | None = None
        self.outcome: Appended | Behind | Gone | None = None
        self.hints: list[Row] = []

    @property
    def may_flush(self) -> bool:
        return self.flight is None and self.room.busy


class Machine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.ledger = Ledger(*(person.user_id for person in PEOPLE))
        self.durable = Admission(max_units=100_000)
        self.replayed = 0
        self.client_ids: Iterator[int] = iter(range(100, 10_000))
        self.signs: Iterator[str] = iter(SIGNS)
        self.written, self.deleted = set[str](), set[str]()
        self.processes = [Process(self.ledger), Process(self.ledger)]
        self.clients = [Client(person, next(self.client_ids)) for person in PEOPLE]
        for who, client in enumerate(self.clients):
            self.connect_to(client, self.processes[who % 2])

    # --- What people do ------------------------------------------------------------------------------------------

    @rule(who=people, where=st.integers(0, 100), count=st.integers(1, 4))
    def write(self, who: int, where: int, count: int) -> None:
        client = self.clients[who]
        text = "".join(next(self.signs) for _ in range(count))
        self.written |= set(text)
        self.edited(client, client.writer.insert(where * len(client.writer.text) // 100, text))

    @rule(who=people, where=st.integers(0, 100), count=st.integers(1, 6))
    def delete(self, who: int, where: int, count: int) -> None:
        client = self.clients[who]
        start = where * len(client.writer.text) // 100
        gone = client.writer.text[start : start + count]
        if gone:
            self.deleted |= set(gone)
            self.edited(client, client.writer.delete(start, len(gone)))

    def edited(self, client: Client, update: bytes) -> None:
        if client.seat:
            client.send(update, protocol.update(update))

    @rule(who=people, reads=st.booleans())
    def lag(self, who: int, reads: bool) -> None:
        """It reads more slowly than it is sent to, or has read all of it."""
        client = self.clients[who]
        if client.seat is not None and client.host is not None:
            client.seat.waiting = 0 if reads else SLOW_BYTES + 1
            if reads:
                client.host.room.caught_up(client.seat)

    @rule(who=people, process=processes)
    def connect(self, who: int, process: int) -> None:
        self.connect_to(self.clients[who], self.processes[process])

    def connect_to(self, client: Client, host: "Process") -> None:
        client.lose_connection()
        seat = Seat(client.person, client_id=client.writer.client_id)
        try:
            host.room.join(seat)
        except Closing:
            return  # it cannot store at present
        client.seat, client.host, client.sent = seat, host, []
        host.receive(seat, b"\x00\x00" + lengthed(client.writer.state_vector))

    @rule(who=people, anew=st.booleans())
    def disconnect(self, who: int, anew: bool) -> None:
        """A page that is loaded anew has a new client id, and everything that was kept on the device."""
        client = self.clients[who]
        client.lose_connection()
        if anew:
            kept = client.writer.state
            client.writer = Writer(next(self.client_ids))
            client.writer.hear(kept)

    @precondition(lambda self: any(client.unheard for client in self.clients))
    @rule(data=st.data(), most=st.integers(1, 10))
    def hear(self, data: st.DataObject, most: int) -> None:
        client = data.draw(st.sampled_from([client for client in self.clients if client.unheard]))
        for _ in range(most):
            if frame := client.next_frame():
                self.understand(client, frame)

    def understand(self, client: Client, frame: bytes) -> None:
        match said.read(frame):
            case ("update" | "step 2", bytes() as update):
                self.must_be_durable(update)
                client.writer.hear(update)
            case ("step 1", dict() as clocks):
                difference = client.writer.lacks(protocol.state_vector(clocks))
                client.send(difference, protocol.step_2(difference))
            case ("resync", int() as number):
                client.sent[number - 1] = 0  # nothing of it was taken
            case ("stored", int() as count):
                acknowledged = max(client.sent[:count])
                assert self.durable.clocks.get(client.writer.client_id, 0) >= acknowledged
            case ("refused", *what):
                raise AssertionError(f"an honest client was refused: {what}")

    def must_be_durable(self, update: bytes) -> None:
        """What somebody sees is in the log."""
        for block in decode(update, most_clients=None).blocks:
            assert block.end <= self.durable.clocks.get(block.client, 0)

    # --- What processes and the database do ----------------------------------------------------------------------

    @precondition(lambda self: any(host.may_flush for host in self.processes))
    @rule(data=st.data())
    def begin_flush(self, data: st.DataObject) -> None:
        host = data.draw(st.sampled_from([host for host in self.processes if host.may_flush]))
        host.flight = host.room.begin_flush()

    @precondition(lambda self: any(host.flight and not host.outcome for host in self.processes))
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        host = data.draw(st.sampled_from([host for host in self.processes if host.flight and not host.outcome]))
        assert host.flight is not None
        host.outcome = self.ledger.append(host.flight)
        self.replay()

    @precondition(lambda self: any(host.flight for host in self.processes))
    @rule(data=st.data(), lost=st.sampled_from([False, False, False, True]))
    def answer(self, data: st.DataObject, lost: bool) -> None:
        """Without an outcome nothing was committed; with one that is lost, the process cannot know."""
        host = data.draw(st.sampled_from([host for host in self.processes if host.flight]))
        outcome, host.flight, host.outcome = host.outcome, None, None
        if lost or outcome is None:
            host.room.failed()
        else:
            self.other(host).hints += host.show(outcome)

    def other(self, host: "Process") -> "Process":
        return self.processes[1 - self.processes.index(host)]

    @precondition(lambda self: any(host.hints for host in self.processes))
    @rule(data=st.data(), fate=st.sampled_from(["arrives", "arrives", "arrives twice", "is lost"]))
    def hint(self, data: st.DataObject, fate: str) -> None:
        host = data.draw(st.sampled_from([host for host in self.processes if host.hints]))
        row = host.hints.pop(data.draw(st.integers(0, min(2, len(host.hints) - 1))))
        for _ in range({"arrives": 1, "arrives twice": 2, "is lost": 0}[fate]):
            host.hear([row])

    @rule(process=processes)
    def read_the_log(self, process: int) -> None:
        host = self.processes[process]
        host.room.hear_log(self.ledger.head, self.ledger.rows_after(host.room.head.seq), dict(self.ledger.owners))

    @precondition(lambda self: len(self.ledger.rows) > 3)
    @rule(process=processes, snapshot=st.booleans())
    def kill(self, process: int, snapshot: bool) -> None:
        """What was not committed is gone with the process; the people come back by themselves."""
        host = self.processes[process]
        if snapshot:
            self.ledger.snapshot, self.ledger.snapshot_seq = host.room.projection.state(), host.room.head.seq
        for client in self.clients:
            if client.host is host:
                client.seat = client.host = None
        self.processes[process] = Process(self.ledger)

    def replay(self) -> None:
        for row in self.ledger.rows[self.replayed :]:
            nothing_new = self.durable.replay(row.data, row.author_id).empty
            # Two who delete the same at once in two processes are both right.
            assert not (nothing_new and decode(row.data).blocks), "a row that repeats text"
        self.replayed = len(self.ledger.rows)

    # --- What must hold ------------------------------------------------------------------------------------------

    @invariant()
    def nobody_is_closed_and_no_row_is_poison(self) -> None:
        for client in getattr(self, "clients", []):
            assert client.seat is None or client.seat.closed is None
        for host in getattr(self, "processes", []):
            assert host.room.poison == {}

    def teardown(self) -> None:
        if not hasattr(self, "clients"):
            return
        self.settle_everything()
        text = text_of(self.ledger.updates)
        assert set(text) == self.written - self.deleted
        assert len(set(text)) == len(text), "something is doubled"
        for shown in [*(c.writer.text for c in self.clients), *(h.room.projection.text() for h in self.processes)]:
            assert shown == text
        reloaded = Host(self.ledger).room
        assert reloaded.projection.text() == text
        assert all(not host.room.busy for host in self.processes)

    def settle_everything(self) -> None:
        """The faults end; everybody is connected and has time."""
        for host in self.processes:
            if host.flight:
                outcome = host.outcome or self.ledger.append(host.flight)
                host.flight = host.outcome = None
                self.replay()
                host.show(outcome)
        for _ in range(4):
            for process, host in enumerate(self.processes):
                self.read_the_log(process)
                host.flush()
                self.replay()
            for who, client in enumerate(self.clients):
                if client.seat is None:
                    self.connect(who, who % 2)
                self.lag(who, reads=True)
                while frame := client.next_frame():
                    self.understand(client, frame)


TestRooms: Any = Machine.TestCase
TestRooms.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)
