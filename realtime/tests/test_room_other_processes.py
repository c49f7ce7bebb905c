"""One note in several processes: whoever writes first is first, and nothing is lost or doubled."""

import pytest

from realtime.closing import Close
from realtime.protocol import state_vector
from realtime.storage import Entry, Head, Row
from realtime.tests.hosts import Host
from realtime.tests.ledger import Ledger
from realtime.tests.said import kinds
from realtime.tests.seats import ADA, BEN, CLEO, Seat
from realtime.tests.writers import Writer


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(ADA.user_id, BEN.user_id)


@pytest.fixture
def here(ledger: Ledger) -> Host:
    return Host(ledger)


@pytest.fixture
def there(ledger: Ledger) -> Host:
    return Host(ledger)


@pytest.fixture
def ada(here: Host) -> Seat:
    return here.join(Seat(ADA, client_id=7))


@pytest.fixture
def ben(there: Host) -> Seat:
    return there.join(Seat(BEN, client_id=8))


def write(host: Host, seat: Seat, *updates: bytes) -> list[Row]:
    """A row each."""
    rows = []
    for update in updates:
        host.update(seat, update)
        rows += host.flush()
    return rows


def test_rows_of_another_process_are_shown_here(here: Host, there: Host, ada: Seat, ben: Seat) -> None:
    update = Writer(8).append("his")
    assert here.hear(write(there, ben, update))
    assert ada.hears() == [("update", update)]
    assert here.room.projection.text() == "his"
    assert here.room.head == there.room.head


def test_rows_that_were_heard_before_are_not_shown_again(here: Host, there: Host, ada: Seat, ben: Seat) -> None:
    writer = Writer(8)
    rows = write(there, ben, writer.append("a"), writer.append("b"))
    here.hear(rows)
    ada.hears()
    assert here.hear(rows)
    assert here.hear(rows[1:])
    assert ada.hears() == []


def test_rows_that_overlap_what_was_heard_are_taken_from_there_on(
    here: Host, there: Host, ada: Seat, ben: Seat
) -> None:
    writer = Writer(8)
    rows = write(there, ben, writer.append("a"), writer.append("b"))
    here.hear(rows[:1])
    ada.hears()
    assert here.hear(rows)
    assert ada.hears() == [("update", rows[1].data)]


def test_a_gap_is_noticed_and_nothing_of_it_is_shown(here: Host, there: Host, ada: Seat, ben: Seat) -> None:
    writer = Writer(8)
    rows = write(there, ben, writer.append("a"), writer.append("b"))
    assert not here.hear(rows[1:])
    assert ada.hears() == []
    assert here.hear(rows)
    assert here.room.projection.text() == "ab"


def test_a_gap_between_rows_is_noticed(here: Host, there: Host, ada: Seat, ben: Seat) -> None:
    writer = Writer(8)
    rows = write(there, ben, writer.append("a"), writer.append("b"), writer.append("c"))
    assert not here.hear([rows[0], rows[2]])
    assert here.hear(rows)
    assert here.room.projection.text() == "abc"
    assert here.room.poison == {}


def test_rows_out_of_order_are_put_in_order(here: Host, there: Host, ada: Seat, ben: Seat) -> None:
    writer = Writer(8)
    rows = write(there, ben, writer.append("a"), writer.append("b"), writer.append("c"))
    assert here.hear([rows[2], rows[0], rows[1], rows[0]])
    assert here.room.projection.text() == "abc"


def test_who_writes_second_is_put_on_top_of_the_first(
    here: Host, there: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    hers, his = Writer(7).append("hers"), Writer(8).append("his")
    here.update(ada, hers)
    write(there, ben, his)
    here.flush()
    assert ledger.updates == [his, hers]
    assert ada.hears() == [("update", his), ("stored", 1)]


def test_what_others_wrote_before_a_flush_is_shown_before_it(
    here: Host, there: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    """What she typed since is put on top of both, and not shown before it is stored."""
    writer, his = Writer(7), Writer(8).append("his")
    hers, later = writer.append("hers"), writer.append(" later")
    reader = here.join(Seat(CLEO, client_id=9))
    here.update(ada, hers)
    append = here.begin()
    here.update(ada, later)
    missed = write(there, ben, his)
    ledger.write(append.entries[0])

    assert here.room.committed(2, missed) == [hers]
    assert here.room.head.seq == 2
    assert reader.hears() == [("update", his), ("update", hers)]
    assert ada.hears() == [("update", his), ("stored", 1)]
    here.flush()
    assert ada.hears() == [("stored", 2)]
    assert ledger.updates == [his, hers, later]
    assert Host(ledger).room.fingerprint() == here.room.fingerprint()


def test_what_waits_stays_on_top_of_rows_that_are_heard(
    here: Host, there: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    hers, his = Writer(7).append("hers"), Writer(8).append("his")
    here.update(ada, hers)
    here.hear(write(there, ben, his))
    here.flush()
    assert ledger.updates == [his, hers]
    assert ada.hears() == [("update", his), ("stored", 1)]


def test_rows_that_are_heard_during_a_flush_wait_for_its_end(
    here: Host, there: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    here.update(ada, Writer(7).append("hers"))
    append = here.begin()
    here.ledger.append(append)
    there.hear(ledger.rows)
    rows = write(there, ben, Writer(8).append("his"))
    assert here.hear(rows)
    assert ada.hears() == []
    here.room.committed(1)
    assert ada.hears() == [("stored", 1), ("update", rows[0].data)]
    assert not here.room.busy


def test_a_row_that_is_lost_during_a_flush_is_not_skipped(
    here: Host, there: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    """Two hints come while a flush is under way, and the one between them does not."""
    here.update(ada, Writer(7).append("hers "))
    append = here.begin()
    here.ledger.append(append)
    there.hear(ledger.rows)
    writer = Writer(8)
    rows = write(there, ben, writer.append("a"), writer.append("b"), writer.append("c"))
    here.hear([rows[0]])
    here.hear([rows[2]])
    here.room.committed(1)
    here.hear(ledger.rows_after(here.room.head.seq))
    assert sorted(here.room.projection.text()) == sorted("hers abc")
    assert here.room.head.seq == 4


def test_rows_that_came_during_a_flush_that_failed_do_not_keep_the_room_busy(
    here: Host, there: Host, ada: Seat, ben: Seat
) -> None:
    here.update(ada, Writer(7).append("hers"))
    here.begin()
    here.hear(write(there, ben, Writer(8).append("his")))
    here.room.failed()
    assert "update" in kinds(ada.hears())
    here.flush()
    assert not here.room.busy


def test_rows_that_came_during_a_flush_that_was_behind_do_not_keep_the_room_busy(
    here: Host, there: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    here.update(ada, Writer(7).append("hers"))
    append = here.begin()
    here.hear(write(there, ben, Writer(8).append("his")))
    ledger.change_rights(BEN.user_id)
    here.settle(append)
    here.flush()
    assert not here.room.busy
    assert here.room.projection.text() == "his"


def test_a_client_id_that_another_process_bound_first_is_refused_here(
    here: Host, there: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    hers = Writer(55)
    here.update(ada, hers.append("hers"))
    write(there, ben, Writer(55).append("his"))
    here.flush()
    assert kinds(ada.hears()) == ["update", "resync", "step 1"]
    here.update(ada, hers.lacks(state_vector({55: 3})))
    assert ada.hears() == [("refused", 2, "foreign-client")]
    assert len(ledger.rows) == 1


def test_who_writes_during_a_flush_that_was_behind_keeps_the_right_to_write(
    here: Host, there: Host, ledger: Ledger, ada: Seat, ben: Seat
) -> None:
    """The database was asked about Ada's rights only."""
    cleo = here.join(Seat(CLEO, client_id=9))
    ledger.writers.add(CLEO.user_id)
    write(there, ben, Writer(8).append("first"))
    here.update(ada, Writer(7).append("second"))
    append = here.begin()
    here.update(cleo, Writer(9).append("third"))
    here.settle(append)
    here.flush()
    assert cleo.writable
    assert [row.author_id for row in ledger.rows] == [BEN.user_id, ADA.user_id, CLEO.user_id]


def test_a_repetition_is_refused_like_what_it_repeats(here: Host, ledger: Ledger) -> None:
    """Two windows of Cleo's send one text, and her right to write is gone. Neither may be told that it is stored."""
    windows = [here.join(Seat(CLEO, client_id=9)), here.join(Seat(CLEO, client_id=90))]
    ledger.change_rights(ADA.user_id)
    for window in windows:
        here.update(window, Writer(9).append("too late"))
    here.flush()
    for window in windows:
        said = window.hears()
        assert ("refused", 1, "read-only") in said
        assert "stored" not in kinds(said)


def test_two_processes_that_take_turns_agree(here: Host, there: Host, ada: Seat, ben: Seat) -> None:
    hers, his = Writer(7), Writer(8)
    for _ in range(20):
        here.update(ada, hers.append("a"))
        there.update(ben, his.append("b"))
        there.hear(here.flush())
        here.hear(there.flush())
    here.flush()
    assert here.room.projection.text() == there.room.projection.text()
    assert here.room.projection.text().count("a") == here.room.projection.text().count("b") == 20


def test_what_a_dead_connection_left_behind_is_asked_of_the_living_one(
    here: Host, there: Host, ledger: Ledger, ada: Seat
) -> None:
    """She writes there, comes here with that and more, comes here again; then the first part is committed there.

    Here her update overlaps with it and is dropped. Its connection is dead, and the living one thinks that all is here.
    """
    hers = Writer(7)
    elsewhere = there.join(Seat(ADA, client_id=7))
    there.update(elsewhere, hers.append("first "))
    hers.append("second ")
    here.update(ada, hers.state)
    here.room.leave(ada)
    back = here.join(Seat(ADA, client_id=7))
    here.update(back, hers.lacks(state_vector(hers.clocks)))
    here.hear(there.flush())
    said = back.hears()
    assert ("stored", 1) not in said
    assert ("resync", 1) in said
    assert said[-1] == ("step 1", {7: 6})
    here.update(back, hers.lacks(state_vector({7: 6})))
    here.flush()
    assert back.hears()[-1] == ("stored", 2)
    assert here.room.projection.text() == "first second "


def test_who_was_told_that_all_is_here_is_asked_again_when_it_is_not(here: Host, there: Host, ada: Seat) -> None:
    """As before, but the living connection has said nothing yet: it had no reason to."""
    hers = Writer(7)
    there.update(there.join(Seat(ADA, client_id=7)), hers.append("first "))
    hers.append("second ")
    here.update(ada, hers.state)
    here.room.leave(ada)
    back, bystander = here.join(Seat(ADA, client_id=7)), here.join(Seat(BEN, client_id=8))
    here.hear(there.flush())
    assert back.hears()[-1] == ("step 1", {7: 6})
    assert kinds(bystander.hears()) == ["update"]


# --- Rights ------------------------------------------------------------------------------------------------------


def test_a_revoked_writer_is_refused_by_the_commit_and_others_go_on(here: Host, ledger: Ledger, ada: Seat) -> None:
    cleo = here.join(Seat(CLEO, client_id=9))
    ledger.change_rights(ADA.user_id)
    here.update(cleo, Writer(9).append("too late"))
    here.update(ada, Writer(7).append("fine"))
    here.flush()
    assert ledger.updates == [Writer(7).append("fine")]
    assert cleo.hears() == [("refused", 1, "read-only"), ("update", ledger.updates[0])]
    assert not cleo.writable
    assert ada.hears() == [("stored", 1)]


def test_a_revoked_stock_client_is_closed_by_the_commit(here: Host, ledger: Ledger) -> None:
    stock = here.join(Seat(CLEO, stock=True))
    ledger.change_rights(ADA.user_id)
    here.update(stock, Writer(9).append("too late"))
    here.flush()
    assert stock.closed is Close.NOT_ALLOWED
    assert ledger.rows == []


def test_nobody_writes_under_rights_that_were_checked_before_they_changed(
    here: Host, ledger: Ledger, ada: Seat
) -> None:
    """The room learns of new rights by Ada's flush. Cleo was revoked with the same change, and asked nothing yet."""
    cleo = here.join(Seat(CLEO, client_id=9))
    ledger.writers.add(CLEO.user_id)
    ledger.change_rights(ADA.user_id)
    here.update(ada, Writer(7).append("fine"))
    here.flush()
    cleo.hears()
    here.update(cleo, Writer(9).append("too late"))
    here.flush()
    assert len(ledger.rows) == 1
    assert cleo.hears() == [("refused", 1, "read-only")]


def test_who_joins_with_rights_that_were_checked_before_they_changed_does_not_write(here: Host, ledger: Ledger) -> None:
    """Rights are looked up, then they change, then the room is loaded: its head is newer than the look."""
    stale = Seat(CLEO, client_id=9)
    stale.access_epoch = ledger.head.access_epoch
    ledger.change_rights(ADA.user_id)
    late = Host(ledger)
    late.join(stale)
    late.update(stale, Writer(9).append("too late"))
    late.flush()
    assert ledger.rows == []
    assert stale.hears() == [("refused", 1, "read-only")]


def test_who_was_checked_after_the_change_writes_at_once(here: Host, ledger: Ledger, ada: Seat) -> None:
    ledger.change_rights(ADA.user_id, CLEO.user_id)
    cleo = Seat(CLEO, client_id=9)
    cleo.access_epoch = ledger.head.access_epoch
    here.join(cleo)
    here.update(cleo, Writer(9).append("hers"))
    here.update(ada, Writer(7).append("and hers"))
    here.flush()
    assert [row.author_id for row in ledger.rows] == [CLEO.user_id, ADA.user_id]


# --- Rows that cannot be replayed --------------------------------------------------------------------------------


def test_a_row_that_cannot_be_replayed_is_not_shown_and_does_not_stop_the_next(
    here: Host, ledger: Ledger, ada: Seat
) -> None:
    writer = Writer(8)
    ledger.write(Entry(b"\xff", BEN.user_id, ()))
    ledger.write(Entry(writer.append("fine"), BEN.user_id, (8,)))
    assert here.hear(ledger.rows)
    assert ada.hears() == [("update", ledger.rows[1].data)]
    assert list(here.room.poison) == [1]
    assert here.room.head.seq == 2


def test_a_room_is_loaded_without_the_rows_that_cannot_be_replayed(ledger: Ledger) -> None:
    writer = Writer(8)
    first = writer.append("a")
    ledger.write(Entry(first, BEN.user_id, (8,)))
    ledger.write(Entry(b"\xff", BEN.user_id, ()))
    ledger.write(Entry(writer.append("b"), BEN.user_id, ()))
    host = Host(ledger)
    assert host.room.projection.text() == "ab"
    assert list(host.room.poison) == [2]


def test_rows_read_from_the_log_may_have_holes_where_rows_are_quarantined(here: Host, ada: Seat) -> None:
    """What was read from the log is all there is; a hint would have to be without a hole."""
    writer = Writer(8)
    rows = [Row(2, writer.append("a"), BEN.user_id), Row(5, writer.append("b"), BEN.user_id)]
    assert here.room.hear_log(Head(6, 1, 1), rows, {8: BEN.user_id})
    assert here.room.projection.text() == "ab"
    assert here.room.head.seq == 6
    assert kinds(ada.hears()) == ["update"]
