"""Who reads more slowly than it is sent to misses no update: it is given all of them at once when it reads again."""

import random

import pytest
from pycrdt import Doc, Text

from realtime import laggards, protocol
from realtime.closing import Close
from realtime.laggards import SLOW_BYTES
from realtime.tests.hosts import Host
from realtime.tests.ledger import Ledger
from realtime.tests.seats import ADA, BEN, CLEO, Seat
from realtime.tests.writers import Writer


@pytest.fixture
def here() -> Host:
    return Host(Ledger())


class Reader(Seat):
    """Applies what it is sent."""

    def __init__(self) -> None:
        super().__init__(CLEO, client_id=9)
        self.doc: Doc[Text] = Doc()
        self._text = self.doc.get("content", type=Text)

    @property
    def text(self) -> str:
        frames, self.frames = self.frames, []
        for frame in frames:
            if frame.startswith(b"\x00\x02"):
                self.doc.apply_update(protocol.read_bytes(frame, 2)[0])
        return str(self._text)


def test_nothing_is_sent_to_who_lags_and_everything_when_it_reads(here: Host) -> None:
    reader, ada, writer = Reader(), here.join(Seat(ADA, client_id=7)), Writer(7)
    here.join(reader)
    here.update(ada, writer.append("one"))
    reader.waiting = SLOW_BYTES + 1
    here.flush()
    assert reader.text == "one"  # this was on its way
    for word in (" two", " three"):
        here.update(ada, writer.append(word))
        here.flush()
    assert reader.frames == []
    reader.waiting = 0
    here.room.caught_up(reader)
    assert len(reader.frames) == 1
    assert reader.text == "one two three"
    here.update(ada, writer.append(" four"))
    here.flush()
    assert reader.text == "one two three four"


def test_who_never_lagged_is_given_nothing_again(here: Host) -> None:
    reader = Reader()
    here.join(reader)
    here.room.caught_up(reader)
    assert reader.frames == []


def test_who_read_all_before_more_came_is_given_nothing_again(here: Host) -> None:
    """As under a server without the lane, where all that is sent waits for a moment."""
    reader, ada = Reader(), here.join(Seat(ADA, client_id=7))
    here.join(reader)
    reader.waiting = SLOW_BYTES + 1
    here.update(ada, Writer(7).append("x"))
    here.flush()
    reader.hears()
    here.room.caught_up(reader)
    assert reader.frames == []


def test_the_others_notice_nothing(here: Host) -> None:
    slow, quick, ada, writer = Reader(), Reader(), here.join(Seat(ADA, client_id=7)), Writer(7)
    here.join(slow)
    here.join(quick)
    slow.waiting = SLOW_BYTES + 1
    for _ in range(3):
        here.update(ada, writer.append("x"))
        here.flush()
    assert quick.text == "xxx"


def test_who_lags_for_too_long_is_given_up_by_name(here: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, ada = Reader(), here.join(Seat(ADA, client_id=7))
    here.join(reader)
    reader.waiting = SLOW_BYTES + 1
    here.update(ada, Writer(7).append("x"))
    here.flush()
    here.room.gathering.laggards.give_up()
    assert not reader.closed
    monkeypatch.setattr(laggards, "PATIENCE_SECONDS", -1.0)
    here.room.gathering.laggards.give_up()
    assert (reader.closed, ada.closed) == (Close.TOO_SLOW, None)


def test_who_reads_on_slowly_is_not_given_up(here: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laggards, "PATIENCE_SECONDS", -1.0)
    reader, ada = Reader(), here.join(Seat(ADA, client_id=7))
    here.join(reader)
    reader.waiting = 10 * SLOW_BYTES
    here.update(ada, Writer(7).append("x"))
    here.flush()
    for _ in range(5):
        reader.waiting -= SLOW_BYTES
        here.room.gathering.laggards.give_up()
    assert not reader.closed
    here.room.gathering.laggards.give_up()
    assert reader.closed is Close.TOO_SLOW


def test_who_left_is_forgotten(here: Host) -> None:
    reader, ada = Reader(), here.join(Seat(ADA, client_id=7))
    here.join(reader)
    reader.waiting = SLOW_BYTES + 1
    here.update(ada, Writer(7).append("x"))
    here.flush()
    here.room.leave(reader)
    assert reader not in here.room.gathering.laggards


@pytest.mark.parametrize("seed", range(20))
def test_however_it_lags_it_ends_with_the_text(here: Host, seed: int) -> None:
    dice = random.Random(seed)
    reader = Reader()
    here.join(reader)
    authors = [(here.join(Seat(who, client_id=number)), Writer(number)) for number, who in ((7, ADA), (8, BEN))]
    for _ in range(60):
        seat, writer = dice.choice(authors)
        gone = writer.text and dice.random() < 0.2
        here.update(seat, writer.delete(0, 1) if gone else writer.append(dice.choice("abc")))
        if dice.random() < 0.5:
            here.flush()
        reader.waiting = dice.choice([0, 0, SLOW_BYTES + 1])
        if not reader.waiting and dice.random() < 0.5:
            here.room.caught_up(reader)
    here.flush()
    reader.waiting = 0
    here.room.caught_up(reader)
    assert reader.text == here.room.projection.text()


def test_how_many_lag_and_what_is_held_for_them_can_be_asked(here: Host) -> None:
    reader, ada = Reader(), here.join(Seat(ADA, client_id=7))
    here.join(reader)
    reader.waiting = SLOW_BYTES + 1
    here.update(ada, Writer(7).append("x"))
    here.flush()
    lagging = here.room.gathering.laggards
    assert (len(lagging), lagging.unread) == (1, reader.unread)
    reader.waiting = 0
    here.room.caught_up(reader)
    assert (len(lagging), lagging.unread) == (0, 0)
