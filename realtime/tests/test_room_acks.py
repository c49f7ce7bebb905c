"""`stored` counts update messages, and never says more than the database did."""

import pytest

from notes.documents import EMPTY_UPDATE
from realtime import protocol
from realtime.tests.hostile import block, string, update
from realtime.tests.hosts import Host
from realtime.tests.ledger import Ledger
from realtime.tests.said import kinds
from realtime.tests.seats import ADA, BEN, Seat
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


def test_each_member_is_told_of_its_own_messages(host: Host, ada: Seat) -> None:
    ben = host.join(Seat(BEN, client_id=8))
    hers, his = Writer(7), Writer(8)
    host.update(ada, hers.append("a"), hers.append("b"), hers.append("c"))
    host.update(ben, his.append("x"))
    host.flush()
    assert ("stored", 3) in ada.hears()
    assert ("stored", 1) in ben.hears()


def test_both_kinds_of_update_message_are_counted(host: Host, ada: Seat) -> None:
    writer = Writer(7)
    host.receive(ada, protocol.update(writer.append("a")))
    host.receive(ada, protocol.step_2(writer.append("b")))
    host.receive(ada, protocol.step_1({}))
    host.flush()
    assert ada.hears()[-1] == ("stored", 2)


def test_an_update_that_holds_nothing_new_is_acknowledged_without_a_row(host: Host, ledger: Ledger, ada: Seat) -> None:
    data = Writer(7).append("once")
    host.update(ada, data)
    host.flush()
    ada.hears()
    host.update(ada, data, EMPTY_UPDATE)
    host.flush()
    assert ada.hears() == [("stored", 3)]
    assert len(ledger.rows) == 1


def test_a_message_with_nothing_new_waits_until_what_it_repeats_is_stored(host: Host, ada: Seat) -> None:
    data = Writer(7).append("not yet")
    host.update(ada, data)
    append = host.begin()
    host.update(ada, data)
    assert ada.hears() == []
    host.room.failed()
    assert ada.hears() == [("trouble", "storage")]
    host.fail()
    assert ada.hears() == []
    host.flush()
    assert ada.hears() == [("trouble", ""), ("stored", 2)]
    assert append.entries[0].data == data


def test_a_repetition_by_somebody_else_waits_too(host: Host, ada: Seat) -> None:
    """Another window of hers sends what the first one has not heard to be stored."""
    window = host.join(Seat(ADA))
    data = Writer(7).append("x")
    host.update(ada, data)
    host.fail()
    host.update(window, data)
    host.fail()
    assert kinds(window.hears()) == ["trouble"]
    host.flush()
    assert window.hears()[-1] == ("stored", 1)


def test_a_message_with_nothing_new_survives_that_another_process_wrote_first(
    host: Host, ledger: Ledger, ada: Seat
) -> None:
    elsewhere = Host(ledger)
    ben = elsewhere.join(Seat(BEN, client_id=8))
    host.update(ada, EMPTY_UPDATE, Writer(7).append("hers"), EMPTY_UPDATE)
    elsewhere.update(ben, Writer(8).append("his"))
    elsewhere.flush()
    host.flush()
    assert ada.closed is None
    assert ada.hears()[-1] == ("stored", 3)
    assert len(ledger.rows) == 2


def test_after_a_lost_answer_messages_count_as_before(host: Host, ada: Seat) -> None:
    writer = Writer(7)
    host.update(ada, writer.append("a"), writer.append("b"))
    host.fail_after_commit()
    host.update(ada, writer.append("c"))
    host.flush()
    assert ada.hears()[-1] == ("stored", 3)


def test_stock_clients_are_not_told(host: Host) -> None:
    stock = host.join(Seat(ADA, stock=True))
    host.update(stock, Writer(7).append("x"))
    host.flush()
    assert stock.hears() == []


def test_a_refused_message_is_counted_and_those_around_it_are_stored(host: Host, ada: Seat) -> None:
    ben = host.join(Seat(BEN, client_id=8))
    host.update(ben, Writer(8).append("his"))
    host.flush()
    writer = Writer(7)
    ada.hears()
    host.update(ada, writer.append("a"), update(block(8, 3, string("forged"))), writer.append("b"))
    host.flush()
    assert ada.hears() == [("refused", 2, "foreign-client"), ("stored", 3)]
