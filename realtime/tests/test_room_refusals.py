"""What a room does not take: who is told, who is closed, and that nobody else notices."""

import pytest

from realtime.closing import Close
from realtime.tests.hostile import Struct, block, lengthed, string, update
from realtime.tests.hosts import Host
from realtime.tests.ledger import Ledger
from realtime.tests.said import kinds
from realtime.tests.seats import ADA, BEN, CLEO, Seat
from realtime.tests.writers import Writer

FATAL = {
    "malformed": update(block(7, 0, string("x"))) + b"\x00",
    "root": update(block(7, 0, Struct(4, lengthed(b"x"), 1, parent=b"\x01" + lengthed(b"title")))),
    "struct": update(block(7, 0, Struct(6, lengthed(b"bold") + lengthed(b"true"), 1))),
    "range": update(block(2**53, 0, string("x"))),
    "split-character": update(block(7, 0, string("😀"), string("x", left=(7, 0)))),
}


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger(ADA.user_id, BEN.user_id)
    ledger.former.add(99)
    return ledger


@pytest.fixture
def host(ledger: Ledger) -> Host:
    return Host(ledger, max_units=100)


@pytest.fixture
def ada(host: Host) -> Seat:
    return host.join(Seat(ADA, client_id=7))


@pytest.fixture
def ben(host: Host) -> Seat:
    """He has written, so client id 8 is his."""
    ben = host.join(Seat(BEN, client_id=8))
    host.update(ben, Writer(8).append("b"))
    host.flush()
    ben.hears()
    return ben


def refusals() -> dict[str, bytes]:
    return {
        "foreign-client": update(block(8, 1, string("forged"))),
        "old-client": Writer(99).append("of another time"),
        "too-large": Writer(7).append("x" * 101),
    }


@pytest.mark.parametrize("code", FATAL)
@pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])
def test_what_no_honest_client_sends_is_refused_and_closes_the_connection(host: Host, code: str, stock: bool) -> None:
    seat = host.join(Seat(ADA, client_id=7, stock=stock))
    host.update(seat, FATAL[code])
    assert seat.closed is Close.BAD_FRAME
    assert seat.hears() == ([] if stock else [("refused", 1, code)])
    assert not host.room.busy


@pytest.mark.parametrize("code", refusals())
def test_what_an_honest_client_may_send_is_refused_and_the_connection_stays(
    host: Host, ledger: Ledger, ada: Seat, ben: Seat, code: str
) -> None:
    ada.hears()
    host.update(ada, refusals()[code])
    assert ada.hears() == [("refused", 1, code)]
    assert ada.closed is None
    host.flush()
    assert len(ledger.rows) == 1
    host.update(ada, Writer(7).append("fine"))
    host.flush()
    assert ("stored", 2) in ada.hears()
    assert host.room.projection.text() in ("bfine", "fineb")


@pytest.mark.parametrize("code", refusals())
def test_a_stock_client_cannot_be_told_so_it_is_closed(host: Host, ben: Seat, code: str) -> None:
    stock = host.join(Seat(ADA, stock=True))
    host.update(stock, refusals()[code])
    assert stock.closed is Close.NOT_ALLOWED
    assert stock.hears() == []


@pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])
def test_who_may_only_read_writes_nothing(host: Host, ledger: Ledger, stock: bool) -> None:
    cleo = host.join(Seat(CLEO, client_id=9, writable=False, stock=stock))
    host.update(cleo, Writer(9).append("x"))
    host.flush()
    assert ledger.rows == []
    assert cleo.hears() == ([] if stock else [("refused", 1, "read-only")])
    assert cleo.closed is (Close.NOT_ALLOWED if stock else None)


def test_a_refused_writing_of_a_reader_leaves_no_trace(host: Host) -> None:
    cleo = host.join(Seat(CLEO, client_id=9, writable=False))
    writer = Writer(9)
    host.update(cleo, writer.append("x"))
    cleo.writable = True
    host.update(cleo, writer.state)
    host.flush()
    assert host.room.projection.text() == "x"


def test_a_reader_s_empty_answer_to_step_1_is_fine(host: Host, ben: Seat) -> None:
    for stock in (False, True):
        cleo = host.join(Seat(CLEO, writable=False, stock=stock))
        host.update(cleo, b"\x00\x00", Writer(8).append("b"))
        host.flush()
        assert cleo.closed is None
        assert cleo.hears() == ([] if stock else [("stored", 2)])


def test_nobody_else_hears_of_a_refusal(host: Host, ada: Seat, ben: Seat) -> None:
    for data in [*refusals().values(), *FATAL.values()]:
        host.update(host.join(Seat(ADA, client_id=70)), data)
    host.flush()
    assert ben.hears() == []
    host.update(ada, Writer(7).append("and the room goes on"))
    host.flush()
    assert kinds(ben.hears()) == ["update"]


def test_a_refusal_is_logged_without_the_text(host: Host, ada: Seat, caplog: pytest.LogCaptureFixture) -> None:
    host.update(ada, Writer(99).append("a secret"))
    (line,) = [record.getMessage() for record in caplog.records]
    assert "old-client" in line
    assert "note 1" in line
    assert "user 1" in line
    assert "secret" not in caplog.text


# --- What comes after something that was not taken ---------------------------------------------------------------


def test_a_gap_is_answered_with_resync_and_step_1_and_then_healed(host: Host, ada: Seat) -> None:
    writer = Writer(7)
    writer.append("lost, ")
    host.update(ada, writer.append("found"))
    assert ada.hears() == [("resync", 1), ("step 1", {})]
    host.update(ada, writer.state)
    host.flush()
    assert ada.hears() == [("stored", 2)]
    assert host.room.projection.text() == "lost, found"


def test_a_stock_client_that_left_a_gap_is_only_asked_with_step_1(host: Host) -> None:
    stock, writer = host.join(Seat(ADA, stock=True)), Writer(7)
    writer.append("lost")
    host.update(stock, writer.append("x"))
    assert stock.hears() == [("step 1", {})]


def test_deleting_what_the_server_has_not_got_yet_is_asked_for_not_punished(host: Host, ada: Seat) -> None:
    """An honest client comes back and presses Backspace before it has answered step 1."""
    writer = Writer(7)
    writer.append("written offline")
    host.update(ada, writer.delete(14, 1))
    assert ada.hears() == [("resync", 1), ("step 1", {})]
    host.update(ada, writer.state)
    host.flush()
    assert host.room.projection.text() == "written offlin"


def test_text_that_leans_on_an_older_session_is_asked_for_not_punished(host: Host, ada: Seat) -> None:
    """The page was loaded anew while offline: what the older session wrote comes with the answer to step 1."""
    older, writer = Writer(70), Writer(7)
    older.append("written offline")
    writer.hear(older.state)
    host.update(ada, writer.append(", and on"))
    assert ada.hears() == [("resync", 1), ("step 1", {})]
    host.update(ada, writer.state)
    host.flush()
    assert host.room.projection.text() == "written offline, and on"


def test_undoing_a_refused_paste_makes_everything_well(host: Host, ada: Seat) -> None:
    writer = Writer(7)
    host.update(ada, writer.append("x" * 101), writer.delete(0, 101))
    assert kinds(ada.hears()) == ["refused", "resync", "step 1"]
    host.update(ada, writer.state)
    host.flush()
    assert ada.hears() == [("stored", 3)]
    assert ada.closed is None


def test_who_goes_on_leaning_on_what_nobody_has_is_refused_in_the_end(host: Host, ada: Seat, ben: Seat) -> None:
    ada.hears()
    hopeless = update(block(7, 0, string("x", left=(77, 0))))
    for _ in range(1_000):
        if ada.closed:
            break
        host.update(ada, hopeless)
    said = ada.hears()
    assert ada.closed is Close.BAD_FRAME
    assert said[-1][::2] == ("refused", "unknown-dependency")
    assert len(said) < 500
    assert ben.hears() == []


def test_patience_begins_anew_with_every_update_that_is_taken(ledger: Ledger) -> None:
    host = Host(ledger, max_units=1_000)
    ada, writer = host.join(Seat(ADA, client_id=7)), Writer(7)
    hopeless = update(deletions=[(77, 0, 1)])
    for _ in range(300):
        host.update(ada, hopeless, writer.append("x"))
        host.flush()
    assert ada.closed is None
