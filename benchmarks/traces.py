"""Edits, one by one, as people made them or as a rule makes them; and the updates that a browser sends for them."""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import batched
from pathlib import Path

from pycrdt import Doc, Text, TransactionEvent

from notes.documents import ROOT

SESSION_EDITS = 4_000  # then somebody opens the note anew, and writes with another client id
WORDS = ("a", "the", "of", "note", "segment", "server", "learns", "writes", "because", "between", "every", "small")

type Edit = tuple[int, int, str]  # where, how much is deleted there, and what is written


def recorded(path: Path) -> tuple[list[Edit], str]:
    """A trace in the format of github.com/josephg/editing-traces (sequential): its edits, and the text at the end."""
    with gzip.open(path) as file:
        trace = json.load(file)
    edits: list[Edit] = [(at, much, text) for txn in trace["txns"] for at, much, text in txn["patches"]]
    if trace["startContent"] or not all(text.isascii() for _, _, text in edits):
        raise SystemExit("The trace must begin with nothing and be ASCII.")
    return edits, trace["endContent"]


def made_by_rule(count: int) -> tuple[list[Edit], str]:
    """A person at work: words at a place, a slip rubbed out now and then, then another place. Always the same."""
    dice, text, at = random.Random(1), "", 0
    edits: list[Edit] = []
    while len(edits) < count:
        if dice.random() < 0.02:
            at = dice.randint(0, len(text))
        for sign in dice.choice(WORDS) + " ":
            edits.append((at, 0, sign))
            text = text[:at] + sign + text[at:]
            at += 1
        for _ in range(min(at, dice.choice((0, 0, 0, 0, 1, 2, 5)))):
            at -= 1
            edits.append((at, 1, ""))
            text = text[:at] + text[at + 1 :]
    return edits, text


def typed(edits: Sequence[Edit], together: int = 1) -> Iterator[tuple[int, bytes]]:
    """Client id and update of so many edits each."""
    dice, state = random.Random(2), b""
    for session in batched(edits, SESSION_EDITS):
        client = dice.randint(1, 2**32 - 1)
        doc: Doc[Text] = Doc(client_id=client)
        text = doc.get(ROOT, type=Text)
        if state:
            doc.apply_update(state)
        made: list[bytes] = []

        def hear(event: TransactionEvent, made: list[bytes] = made) -> None:
            made.append(event.update)

        doc.observe(hear)
        for some in batched(session, together):
            with doc.transaction():
                for at, much, written in some:  # pycrdt counts bytes, which in ASCII are characters
                    if much:
                        del text[at : at + much]
                    if written:
                        text.insert(at, written)
            yield client, made.pop()
        state = doc.get_update()


def pauses(count: int) -> Iterator[timedelta]:
    """From each key to the next: 60 to 400 ms, and now and then a while to think."""
    dice = random.Random(3)
    for _ in range(count):
        thinks = dice.random() < 0.02
        yield timedelta(milliseconds=int(dice.expovariate(1 / 20_000) if thinks else dice.uniform(60, 400)))
