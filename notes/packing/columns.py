"""Updates as columns: every kind of number for itself, each told as the distance from what was to be expected.

Somebody who types goes on where they were: the next letter leans on the last one, a backspace takes away the last one.
Told as distances nearly all of that is zeros, and what remains is the text. Both ways guess by the same rules.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from notes.packing import numbers
from notes.packing.numbers import folded, unfolded
from notes.packing.updates import (
    DELETED,
    HAS_LEFT,
    HAS_RIGHT,
    Block,
    Cut,
    Id,
    Parts,
    Struct,
    put_together,
    take_apart,
    units,
)

NUMBERS = (
    *("names", "forms", "shapes", "writers", "clocks", "left_clients", "left_clocks", "right_clients", "right_clocks"),
    *("lengths", "cut_clients", "cut_clocks", "cut_lengths", "raw_lengths"),
)
RAW = 0  # the shape of an update that is kept as it is

# The kinds of each block's structs, and how many ranges of each client are cut.
type Form = tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]


class Hand:
    """Where an author's last edit was: (which of the clients, clock). No client yet: -1."""

    __slots__ = ("place", "right", "writer")

    def __init__(self) -> None:
        self.writer = -1
        self.place: Id = (-1, 0)
        self.right: Id = (-1, 0)

    def right_of(self, left: Id | None) -> Id:
        """Who goes on writing has the same neighbour as before; who begins somewhere else has the next unit."""
        return self.right if left is None or left == self.place else (left[0], left[1] + 1)


class Memory:
    """What both ways know of the updates before. Clients are numbered in the order in which they come up."""

    def __init__(self) -> None:
        self.hands: dict[int, Hand] = {}
        self.expected: dict[int, int] = {}  # by client: the clock at which it goes on
        self.named: dict[int, int] = {}  # by client: the clock that was leant on last

    def hand(self, author: int) -> Hand:
        return self.hands.setdefault(author, Hand())

    def base(self, client: int, guess: Id) -> int:
        return guess[1] if client == guess[0] else self.named.get(client, 0)

    def wrote(self, hand: Hand, client: int, end: int) -> None:
        self.expected[client] = end
        hand.writer, hand.place = client, (client, end - 1)


class Writing:
    """Updates become columns: `columns` of numbers, `texts` and `raws` of bytes."""

    def __init__(self) -> None:
        self.columns: dict[str, list[int]] = {name: [] for name in NUMBERS}
        self.texts: list[bytes] = []
        self.raws: list[bytes] = []
        self._memory = Memory()
        self._clients: dict[int, int] = {}
        self._shapes: dict[Form, int] = {}

    def add(self, update: bytes, author: int) -> None:
        try:
            parts = take_apart(update)
        except ValueError:
            parts = None
        if parts is None or put_together(parts) != update:
            self.columns["shapes"].append(RAW)
            self.columns["raw_lengths"].append(len(update))
            self.raws.append(update)
            return
        self.columns["shapes"].append(self._shape(parts))
        hand = self._memory.hand(author)
        for block in parts.blocks:
            self._block(block, hand)
        for cut in parts.cuts:
            self._cut(cut, hand, follows=not parts.blocks)

    def _shape(self, parts: Parts) -> int:
        kinds = tuple(tuple(struct.info for struct in block.structs) for block in parts.blocks)
        form: Form = kinds, tuple(len(cut.ranges) for cut in parts.cuts)
        known = self._shapes.get(form)
        if known is None:
            known = self._shapes[form] = len(self._shapes) + 1
            forms = self.columns["forms"]
            forms.append(len(form[0]))
            for infos in form[0]:
                forms += (len(infos), *infos)
            forms += (len(form[1]), *form[1])
        return known

    def _block(self, block: Block, hand: Hand) -> None:
        client = self._client(block.client)
        self._say_client("writers", client, hand.writer)
        self.columns["clocks"].append(folded(block.clock - self._memory.expected.get(client, 0)))
        clock = block.clock
        for info, left, right, text, length in block.structs:
            leaning = self._say("left_clients", "left_clocks", left, hand.place) if left else None
            if right:
                hand.right = self._say("right_clients", "right_clocks", right, hand.right_of(leaning))
            self.columns["lengths"].append(length if info & 0x1F == DELETED else len(text))
            self.texts.append(text)
            clock += length
            self._memory.wrote(hand, client, clock)

    def _cut(self, cut: Cut, hand: Hand, *, follows: bool) -> None:
        client = self._client(cut.client)
        self._say_client("cut_clients", client, hand.place[0])
        base = self._memory.base(client, hand.place)
        for clock, length in cut.ranges:
            self.columns["cut_clocks"].append(folded(clock - base))
            self.columns["cut_lengths"].append(length)
            base = clock + length
            self._memory.named[client] = clock
            if follows:
                hand.place = (client, clock - 1)

    def _client(self, name: int) -> int:
        known = self._clients.get(name)
        if known is None:
            known = self._clients[name] = len(self._clients)
            self.columns["names"].append(name)
        return known

    def _say_client(self, column: str, client: int, guess: int) -> None:
        self.columns[column].append(0 if client == guess else client + 1)

    def _say(self, clients: str, clocks: str, told: Id, guess: Id) -> Id:
        client, clock = self._client(told[0]), told[1]
        self._say_client(clients, client, guess[0])
        self.columns[clocks].append(folded(clock - self._memory.base(client, guess)))
        self._memory.named[client] = clock
        return client, clock


class Reading:
    """Columns become updates again. What does not fit raises ValueError, IndexError or StopIteration."""

    def __init__(self, columns: dict[str, bytes], texts: bytes, raws: bytes) -> None:
        told = {name: numbers.read_all(columns[name]) for name in NUMBERS}
        self._names: Sequence[int] = told["names"]
        self._next: dict[str, Iterator[int]] = {name: iter(told[name]) for name in NUMBERS}
        self._texts, self._raws = texts, raws
        self._text_at = self._raw_at = 0
        self._memory = Memory()
        self._shapes: list[Form] = []

    def next(self, author: int) -> bytes:
        shape = next(self._next["shapes"])
        if shape == RAW:
            return self._raw()
        kinds, range_counts = self._form(shape)
        hand = self._memory.hand(author)
        blocks = [self._block(infos, hand) for infos in kinds]
        return put_together(Parts(blocks, [self._cut(count, hand, follows=not blocks) for count in range_counts]))

    def end(self) -> None:
        """Raises ValueError when something is left over."""
        left_over = [name for name, rest in self._next.items() if name != "names" and next(rest, None) is not None]
        if left_over or self._text_at != len(self._texts) or self._raw_at != len(self._raws):
            raise ValueError("a segment holds more than its updates")

    def _raw(self) -> bytes:
        start = self._raw_at
        self._raw_at += next(self._next["raw_lengths"])
        return _piece(self._raws, start, self._raw_at)

    def _form(self, shape: int) -> Form:
        if shape == len(self._shapes) + 1:
            forms = self._next["forms"]
            kinds = [_counted(forms) for _ in range(next(forms))]
            self._shapes.append((tuple(kinds), _counted(forms)))
        return self._shapes[shape - 1]

    def _block(self, infos: tuple[int, ...], hand: Hand) -> Block:
        client = self._hear_client("writers", hand.writer)
        start = clock = self._memory.expected.get(client, 0) + unfolded(next(self._next["clocks"]))
        structs = []
        for info in infos:
            struct = self._struct(info, hand)
            clock += struct.units
            self._memory.wrote(hand, client, clock)
            structs.append(struct)
        return Block(self._names[client], start, structs)

    def _struct(self, info: int, hand: Hand) -> Struct:
        left = right = leaning = None
        if info & HAS_LEFT:
            leaning = self._hear("left_clients", "left_clocks", hand.place)
            left = self._names[leaning[0]], leaning[1]
        if info & HAS_RIGHT:
            hand.right = self._hear("right_clients", "right_clocks", hand.right_of(leaning))
            right = self._names[hand.right[0]], hand.right[1]
        length = next(self._next["lengths"])
        if info & 0x1F == DELETED:
            return Struct(info, left, right, b"", length)
        start = self._text_at
        self._text_at += length
        text = _piece(self._texts, start, self._text_at)
        return Struct(info, left, right, text, units(text))

    def _cut(self, count: int, hand: Hand, *, follows: bool) -> Cut:
        client = self._hear_client("cut_clients", hand.place[0])
        base = self._memory.base(client, hand.place)
        ranges = []
        for _ in range(count):
            clock, length = base + unfolded(next(self._next["cut_clocks"])), next(self._next["cut_lengths"])
            ranges.append((clock, length))
            base = clock + length
            self._memory.named[client] = clock
            if follows:
                hand.place = (client, clock - 1)
        return Cut(self._names[client], ranges)

    def _hear_client(self, column: str, guess: int) -> int:
        client = (next(self._next[column]) or guess + 1) - 1
        if client < 0:
            raise ValueError("nobody wrote before")
        return client

    def _hear(self, clients: str, clocks: str, guess: Id) -> Id:
        client = self._hear_client(clients, guess[0])
        clock = self._memory.base(client, guess) + unfolded(next(self._next[clocks]))
        self._memory.named[client] = clock
        return client, clock


def _counted(forms: Iterator[int]) -> tuple[int, ...]:
    count = next(forms)
    found = tuple(islice(forms, count))
    if len(found) < count:
        raise ValueError("a column is too short")
    return found


def _piece(data: bytes, start: int, end: int) -> bytes:
    if end > len(data):
        raise ValueError("a column is too short")
    return data[start:end]
