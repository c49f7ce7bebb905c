"""What one author sends in a row is one row of the log, which can be read again like any other."""

import pytest
from pycrdt import merge_updates

from notes.documents import document_of, text_of
from realtime.pending import RUN_BYTES, RUN_UPDATES
from realtime.tests.hosts import Host
from realtime.tests.ledger import Ledger
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
    return host.join(Seat(ADA))


def replayed(ledger: Ledger) -> Host:
    """The note as it is opened the next time."""
    host = Host(ledger)
    assert not host.room.poison
    return host


def authors(ledger: Ledger) -> list[int | None]:
    return [row.author_id for row in ledger.rows]


def test_neighbours_by_one_author_are_one_row(host: Host, ledger: Ledger, ada: Seat) -> None:
    writer = Writer(7)
    host.update(ada, *(writer.append(character) for character in "quick 😀"), writer.delete(0, 1))
    host.flush()
    assert authors(ledger) == [ADA.user_id]
    assert ledger.owners == {7: ADA.user_id}
    assert replayed(ledger).room.projection.text() == writer.text == "uick 😀"
    assert document_of(ledger.updates).state_vector() == writer.state_vector
    assert ("stored", 8) in ada.hears()


def test_authors_do_not_share_rows_and_keep_their_order(host: Host, ledger: Ledger, ada: Seat) -> None:
    ben = host.join(Seat(BEN))
    hers, his = Writer(7), Writer(8)
    host.update(ada, hers.append("a"))
    his.hear(hers.state)
    host.update(ben, his.append("b"), his.append("c"))
    hers.hear(his.state)
    host.update(ada, hers.append("d"))
    host.flush()
    assert authors(ledger) == [ADA.user_id, BEN.user_id, ADA.user_id]
    assert replayed(ledger).room.projection.text() == "abcd"


def test_two_windows_of_one_author_share_a_row(host: Host, ledger: Ledger, ada: Seat) -> None:
    other = host.join(Seat(ADA))
    first, second = Writer(7), Writer(8)
    host.update(ada, first.append("a"))
    host.update(other, second.append("b"))
    host.flush()
    assert authors(ledger) == [ADA.user_id]
    assert ledger.owners == {7: ADA.user_id, 8: ADA.user_id}
    assert replayed(ledger).room.projection.text() == host.room.projection.text()


def test_what_repeats_something_old_keeps_a_row_of_its_own(host: Host, ledger: Ledger, ada: Seat) -> None:
    """Merged with what follows much later, it would have a gap, and such a row cannot be replayed."""
    writer, other = Writer(7), Writer(8)
    first = writer.append("first ")
    host.update(ada, first)
    host.update(ada, writer.append("second "))
    host.flush()
    host.update(ada, merge_updates(first, other.append("other ")), writer.append("third "))
    host.flush()
    assert sorted(replayed(ledger).room.projection.text().split()) == ["first", "other", "second", "third"]


def test_a_row_holds_so_many_updates_and_no_more(host: Host, ledger: Ledger, ada: Seat) -> None:
    writer = Writer(7)
    host.update(ada, *(writer.append("x") for _ in range(2 * RUN_UPDATES + 1)))
    host.flush()
    assert len(ledger.rows) == 3
    assert text_of(ledger.updates) == writer.text


def test_a_row_grows_to_so_many_bytes_and_no_more(host: Host, ledger: Ledger, ada: Seat) -> None:
    host.room._admission.max_units = 10 * RUN_BYTES
    writer = Writer(7)
    host.update(ada, *(writer.append("x" * (RUN_BYTES // 2)) for _ in range(4)))
    host.flush()
    assert len(ledger.rows) == 4
    host.update(ada, *(writer.append("x" * (RUN_BYTES // 4)) for _ in range(4)))
    host.flush()
    assert len(ledger.rows) == 6
    assert text_of(ledger.updates) == writer.text


def test_a_flush_whose_answer_was_lost_is_stored_once(host: Host, ledger: Ledger, ada: Seat) -> None:
    writer = Writer(7)
    host.update(ada, writer.append("a"), writer.append("b"))
    host.fail_after_commit()
    host.update(ada, writer.append("c"))
    host.flush()
    assert text_of(ledger.updates) == host.room.projection.text() == "abc"
    assert ("stored", 3) in ada.hears()
