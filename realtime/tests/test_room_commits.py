"""Commit, then show: nobody sees what is not stored, and nobody is told that it is."""

import pytest

from notes.documents import EMPTY_UPDATE, text_of
from realtime.closing import Close, Closing
from realtime.room import Phase
from realtime.tests.hosts import Host
from realtime.tests.ledger import Ledger
from realtime.tests.said import kinds
from realtime.tests.seats import ADA, BEN, CLEO, Seat
from realtime.tests.writers import Writer


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(ADA.user_id, BEN.user_id)


@pytest.fixture
def host(ledger: Ledger) -> Host:
    return Host(ledger)


@pytest.fixture
def ada(host: Host) -> Seat:
    return host.join(Seat(ADA, client_id=7))


@pytest.fixture
def ben(host: Host) -> Seat:
    return host.join(Seat(BEN, client_id=8))


def idle(host: Host) -> bool:
    return host.room.idle


def stalled(host: Host) -> bool:
    return host.room.phase is Phase.STALLED


def test_nothing_is_shown_before_it_is_committed(host: Host, ada: Seat, ben: Seat) -> None:
    update = Writer(7).append("x")
    host.update(ada, update)
    append = host.begin()
    assert (ada.hears(), ben.hears()) == ([], [])
    assert host.room.projection.text() == ""
    host.settle(append)
    assert ben.hears() == [("update", update)]
    assert ada.hears() == [("stored", 1)]
    assert host.room.projection.text() == "x"


def test_updates_are_stored_byte_for_byte_in_order_with_their_author(
    host: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    hers, his = Writer(7), Writer(8)
    sent = [hers.append("a"), his.append("b"), hers.append("c")]
    for seat, update in zip((ada, ben, ada), sent, strict=True):
        host.update(seat, update)
    host.flush()
    assert [(row.seq, row.data, row.author_id) for row in ledger.rows] == [
        (1, sent[0], ADA.user_id),
        (2, sent[1], BEN.user_id),
        (3, sent[2], ADA.user_id),
    ]
    assert ledger.owners == {7: ADA.user_id, 8: BEN.user_id}


def test_several_updates_of_one_flush_reach_each_member_whole(host: Host, ada: Seat, ben: Seat) -> None:
    hers, his, reader = Writer(7), Writer(8), Writer(9)
    for number in range(250):
        host.update(ada, hers.append(f"{number} "))
        host.update(ben, his.append("-"))
    host.flush()
    for seat in (ada, ben):
        frames = [said[1] for said in seat.hears() if said[0] == "update"]
        for writer in (hers, his, reader):
            for update in frames:
                writer.hear(update)
        assert len(frames) < 10
    assert hers.text == his.text == reader.text == host.room.projection.text()


def test_what_arrives_during_a_flush_waits_for_the_next(host: Host, ada: Seat, ben: Seat) -> None:
    writer = Writer(7)
    host.update(ada, writer.append("a"))
    append = host.begin()
    host.update(ada, writer.append("b"))
    host.settle(append)
    assert ada.hears() == [("stored", 1)]
    assert len(kinds(ben.hears())) == 1
    host.flush()
    assert ada.hears() == [("stored", 2)]


def test_a_failed_flush_keeps_everything_and_says_so_once(host: Host, ledger: Ledger, ada: Seat, ben: Seat) -> None:
    writer = Writer(7)
    host.update(ada, writer.append("a"))
    host.fail()
    assert stalled(host)
    host.update(ada, writer.append("b"))
    host.fail()
    assert ada.hears() == ben.hears() == [("trouble", "storage")]
    assert host.room.busy
    host.flush()
    assert not stalled(host)
    assert ada.hears() == [("trouble", ""), ("stored", 2)]
    assert kinds(ben.hears()) == ["trouble", "update"]
    assert text_of(ledger.updates) == "ab"


def test_stock_clients_are_not_told_of_trouble_in_words_they_do_not_know(host: Host, ada: Seat) -> None:
    stock = host.join(Seat(BEN, stock=True))
    host.update(ada, Writer(7).append("a"))
    host.fail()
    host.flush()
    assert kinds(stock.hears()) == ["update"]


def test_nobody_new_comes_in_while_the_room_cannot_store(host: Host, ada: Seat) -> None:
    host.update(ada, Writer(7).append("a"))
    host.fail()
    with pytest.raises(Closing) as caught:
        host.room.join(Seat(CLEO))
    assert caught.value.code is Close.UNAVAILABLE
    host.flush()
    host.room.join(Seat(CLEO))


def test_an_author_who_left_is_stored_and_shown_all_the_same(host: Host, ledger: Ledger, ada: Seat, ben: Seat) -> None:
    host.update(ada, Writer(7).append("last words"))
    host.room.leave(ada)
    assert not host.room.idle
    host.flush()
    assert len(ledger.rows) == 1
    assert kinds(ben.hears())[0] == "update"


def test_a_commit_whose_answer_was_lost_is_neither_doubled_nor_forgotten(
    host: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    update = Writer(7).append("once")
    host.update(ada, update)
    host.fail_after_commit()
    host.flush()
    assert ledger.updates == [update]
    assert host.room.projection.text() == "once"
    assert [said for said in ben.hears() if said[0] == "update"] == [("update", update)]
    assert ("stored", 1) in ada.hears()


def test_after_a_lost_answer_the_room_is_open_again(host: Host, ada: Seat) -> None:
    """All it held is stored, though no flush of its own succeeded."""
    host.update(ada, Writer(7).append("once"))
    host.fail_after_commit()
    host.flush()
    assert not stalled(host)
    assert kinds(ada.hears())[-2:] == ["trouble", "stored"]
    host.room.join(Seat(CLEO))
    assert not host.room.busy


def test_a_room_is_idle_when_everybody_left_and_everything_is_stored(host: Host, ada: Seat) -> None:
    host.update(ada, Writer(7).append("x"))
    assert not idle(host)
    host.room.leave(ada)
    host.flush()
    assert not idle(host)  # the feed does not know yet
    host.room.edits.clear()
    assert idle(host)
    host.room.holds += 1
    assert not idle(host)


def test_edits_are_counted_for_the_feed_when_they_are_committed(host: Host, ada: Seat) -> None:
    writer = Writer(7)
    host.update(ada, writer.append("one 😀"))
    host.fail()
    assert host.room.edits == {}
    host.update(ada, writer.delete(0, 4))
    host.flush()
    edits = host.room.edits[ADA.user_id]
    assert (edits.added, edits.removed) == (6, 4)


def test_edits_whose_answer_was_lost_are_counted_once(host: Host, ada: Seat) -> None:
    host.update(ada, Writer(7).append("once"))
    host.fail_after_commit()
    host.flush()
    edits = host.room.edits[ADA.user_id]
    assert (edits.added, edits.removed) == (4, 0)


def test_readers_of_the_text_are_told_after_each_change_that_is_shown(host: Host, ada: Seat) -> None:
    texts: list[str] = []
    host.room.on_shown.append(lambda room: texts.append(room.projection.text()))
    writer = Writer(7)
    host.update(ada, writer.append("a"))
    host.flush()
    host.update(ada, writer.append("b"), EMPTY_UPDATE)
    host.flush()
    assert texts == ["a", "ab"]
