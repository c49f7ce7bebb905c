"""What happened during a run, and whether it may have happened: the judge of the fault tests.

Everybody who writes types tokens, `<author:number>`, that are like no others, and remembers when they typed each, when
they were told that it is stored, and when they first saw each token of the others. Beside them somebody reads the log
in the database all the time. In the end `judge` holds all of it together. No server and no clock in here: a history is
plain data, and broken ones are as easily made as whole ones.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

TOKEN = re.compile(r"<(\d+):(\d+)>")


class Kind(StrEnum):
    """What may be wrong with a history."""

    LOST = "lost"  # said to be stored, or typed by somebody who was there to the end, and not there
    VANISHED = "vanished"  # others had seen it, and it is not there
    DOUBLED = "doubled"
    RETURNED = "returned"  # its author took it away, and it is there
    ALIEN = "alien"  # nobody typed it
    DISORDER = "disorder"  # one author's tokens are not in the order in which they were typed
    DIFFERENT = "different"  # two texts that should be the same
    GAP = "gap"  # the numbers of the log do not go from 1 to the head
    SHRUNK = "shrunk"  # the log held more before
    EARLY = "early"  # said to be stored before it was committed
    SHOWN_EARLY = "shown early"  # seen by others before it was committed


@dataclass(frozen=True, slots=True)
class Violation:
    kind: Kind
    what: str


@dataclass(slots=True)
class Witness:
    """One document of one person. Times are Unix seconds."""

    name: str
    author: int
    typed: dict[str, float] = field(default_factory=dict)
    acked: dict[str, float] = field(default_factory=dict)  # when they were told "stored"
    seen: dict[str, float] = field(default_factory=dict)  # tokens of others
    erased: set[str] = field(default_factory=set)  # own tokens that they took away again
    text: str | None = None  # in the end, everything said and heard; None: did not live to see it


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the log and the tokens in it."""

    seq: int
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody began to read the log at this moment, and it ended with this number."""

    begun: float
    seq: int


@dataclass(slots=True)
class History:
    witnesses: list[Witness]
    rows: list[Row]
    head: int  # as the note says it
    texts: dict[str, str] = field(default_factory=dict)  # of a fresh client, and of the log as libraries replay it
    readings: list[Reading] = field(default_factory=list)

    def all_texts(self) -> dict[str, str]:
        survivors = {witness.name: witness.text for witness in self.witnesses if witness.text is not None}
        return {**survivors, **self.texts}


def tokens_of(text: str) -> list[str]:
    return [found[0] for found in TOKEN.finditer(text)]


def author_of(token: str) -> int:
    return _parts(token)[0]


def _parts(token: str) -> tuple[int, int]:
    found = TOKEN.fullmatch(token)
    assert found, token
    return int(found[1]), int(found[2])


def judge(history: History) -> list[Violation]:
    """Everything that is wrong with it; each kind of fault is named for each token and each text."""
    return [
        *_numbers(history),
        *_presence(history),
        *_order(history),
        *_equality(history),
        *_commits(history),
    ]


# --- The log -----------------------------------------------------------------------------------------------------


def _numbers(history: History) -> Iterator[Violation]:
    found = [row.seq for row in history.rows]
    if found != list(range(1, history.head + 1)):
        yield Violation(Kind.GAP, f"{len(found)} rows, the head is {history.head}: {_holes(found, history.head)}")
    for before, after in pairwise(_by_time(history.readings)):
        if after.seq < before.seq:
            yield Violation(Kind.SHRUNK, f"the log ended with {before.seq}, and later with {after.seq}")
    last = max((reading.seq for reading in history.readings), default=0)
    if last > history.head:
        yield Violation(Kind.SHRUNK, f"the log ended with {last}, and in the end with {history.head}")


def _holes(found: Sequence[int], head: int) -> str:
    missing = sorted(set(range(1, head + 1)) - set(found))
    again = [seq for seq, count in Counter(found).items() if count > 1]
    return f"missing {missing[:5]}, twice {again[:5]}"


def _by_time(readings: Iterable[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda reading: reading.begun)


# --- The texts ---------------------------------------------------------------------------------------------------


def _presence(history: History) -> Iterator[Violation]:
    wanted = _wanted(history)
    typed = {token for witness in history.witnesses for token in witness.typed}
    erased = {token for witness in history.witnesses for token in witness.erased}
    for name, text in history.all_texts().items():
        counts = Counter(tokens_of(text))
        for token, kind in wanted.items():
            if token not in counts:
                yield Violation(kind, f"{token} is not in the text of {name}")
        for token, count in counts.items():
            if count > 1:
                yield Violation(Kind.DOUBLED, f"{token} is {count} times in the text of {name}")
            if token not in typed:
                yield Violation(Kind.ALIEN, f"{token} is in the text of {name}, and nobody typed it")
            if token in erased:
                yield Violation(Kind.RETURNED, f"{token} was taken away, and is in the text of {name}")


def _wanted(history: History) -> dict[str, Kind]:
    """Every token that must be there, and what it is called if it is not.

    What its author typed and never heard of again may be there or not if the author died with it.
    """
    wanted: dict[str, Kind] = {}
    for witness in history.witnesses:
        wanted.update(dict.fromkeys(witness.seen, Kind.VANISHED))
    for witness in history.witnesses:
        certain = witness.typed if witness.text is not None else witness.acked
        wanted.update(dict.fromkeys(certain, Kind.LOST))
    for witness in history.witnesses:
        # What the dead took away may or may not have been told to anybody.
        for token in witness.erased:
            wanted.pop(token, None)
    return wanted


def _order(history: History) -> Iterator[Violation]:
    """Everybody types behind what they typed before, so the numbers of each author grow, in texts and in the log."""
    for name, text in history.all_texts().items():
        yield from _ascending(tokens_of(text), f"the text of {name}")
    first_time = dict.fromkeys(token for row in history.rows for token in row.tokens)
    yield from _ascending(first_time, "the log")


def _ascending(tokens: Iterable[str], where: str) -> Iterator[Violation]:
    latest: dict[int, int] = {}
    for token in tokens:
        author, number = _parts(token)
        if number < latest.get(author, 0):
            yield Violation(Kind.DISORDER, f"{token} comes after <{author}:{latest[author]}> in {where}")
        latest[author] = max(number, latest.get(author, 0))


def _equality(history: History) -> Iterator[Violation]:
    texts = history.all_texts()
    if not texts:
        return
    common, _ = Counter(texts.values()).most_common(1)[0]
    for name, text in texts.items():
        if text != common:
            at = next((at for at, pair in enumerate(zip(text, common, strict=False)) if pair[0] != pair[1]), -1)
            at = min(len(text), len(common)) if at < 0 else at
            yield Violation(
                Kind.DIFFERENT,
                f"the text of {name} ({len(text)}) is not that of the others ({len(common)}), from {at} on: "
                f"{text[at : at + 40]!r} and {common[at : at + 40]!r}",
            )


# --- Commit, then show -------------------------------------------------------------------------------------------


def _commits(history: History) -> Iterator[Violation]:
    """Nothing is said to be stored, and nothing is shown, before the log holds it."""
    absent = _Absence(history)
    for witness in history.witnesses:
        for told, kind in ((witness.acked, Kind.EARLY), (witness.seen, Kind.SHOWN_EARLY)):
            for token, at in told.items():
                if at < absent.until(token):
                    yield Violation(kind, f"{witness.name} had {token} at {at:.3f}; a later reading of the log had not")


class _Absence:
    """For each token the last moment at which the log was known not to hold it."""

    def __init__(self, history: History) -> None:
        self._readings = _by_time(history.readings)
        self._reached = [reading.seq for reading in self._readings]
        self._seqs: dict[str, int] = {}
        for row in history.rows:
            for token in row.tokens:
                self._seqs.setdefault(token, row.seq)

    def until(self, token: str) -> float:
        """What is not in the log at all is another kind of fault, or was taken away before it got there."""
        seq = self._seqs.get(token)
        if seq is None:
            return 0.0
        # The readings in which the log was shorter come first.
        shorter = bisect_left(self._reached, seq)
        return self._readings[shorter - 1].begun if shorter else 0.0
