"""Coming, going, presence, client ids and checks of one room."""

import json

import pytest

from realtime.closing import Close, Closing
from realtime.presence import LEFT, Presence
from realtime.protocol import Verdict, state_vector
from realtime.tests.hostile import lengthed, varint
from realtime.tests.hosts import Host
from realtime.tests.ledger import Ledger
from realtime.tests.said import kinds
from realtime.tests.seats import ADA, BEN, CLEO, MALLORY, Seat
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


def shown(seat: Seat) -> dict[int, str | None]:
    """Client id to the name shown last."""
    heard: dict[int, str | None] = {}
    for said in seat.hears():
        if said[0] == "awareness":
            for client_id, (_, state) in said[1].items():
                heard[client_id] = None if state == LEFT else json.loads(state)["user"]["name"]
    return heard


# --- Joining -----------------------------------------------------------------------------------------------------


def test_hello_comes_first_then_step_1_then_who_is_here(host: Host, ada: Seat) -> None:
    host.update(ada, Writer(7).append("abc"))
    host.move(ada, 7)
    host.flush()
    ben = Seat(BEN, client_id=8, writable=False)
    host.room.join(ben)
    said = ben.hears()
    assert said[:2] == [("hello", 1, 1, "viewer"), ("step 1", {7: 3})]
    assert kinds(said) == ["hello", "step 1", "awareness"]


def test_a_stock_client_gets_step_1_first(host: Host) -> None:
    stock = Seat(BEN, stock=True)
    host.room.join(stock)
    assert stock.hears() == [("step 1", {})]


def test_a_room_holds_so_many_members_and_no_more(ledger: Ledger) -> None:
    host = Host(ledger, max_members=2)
    first = host.join(Seat(ADA))
    host.join(Seat(BEN))
    with pytest.raises(Closing) as caught:
        host.join(Seat(CLEO))
    assert caught.value.code is Close.TOO_MANY
    host.room.leave(first)
    host.join(Seat(CLEO))


def test_step_1_is_answered_with_what_is_committed_and_lacking(host: Host, ada: Seat, ben: Seat) -> None:
    hers, his = Writer(7), Writer(8)
    for text in ("one ", "two "):
        host.update(ada, hers.append(text))
        host.flush()
        if text == "one ":
            his.hear(host.ledger.updates[0])
    host.update(ada, hers.append("not committed"))
    ben.hears()
    host.receive(ben, b"\x00\x00" + lengthed(his.state_vector))
    ((kind, missing),) = ben.hears()
    his.hear(missing)
    assert (kind, his.text) == ("step 2", "one two ")


# --- Client ids --------------------------------------------------------------------------------------------------


def test_a_client_id_of_somebody_else_cannot_be_claimed(host: Host, ada: Seat) -> None:
    host.update(ada, Writer(7).append("hers"))
    for client_id in (7,):
        with pytest.raises(Closing) as caught:
            host.room.join(Seat(MALLORY, client_id=client_id))
        assert caught.value.code is Close.BAD_FRAME
    assert ada.client_id == 7


def test_a_client_id_that_somebody_is_connected_with_cannot_be_claimed_or_written_with(host: Host, ada: Seat) -> None:
    """She has written nothing yet; only her connection speaks for it."""
    with pytest.raises(Closing):
        host.room.join(Seat(MALLORY, client_id=7))
    mallory = host.join(Seat(MALLORY, client_id=66))
    host.update(mallory, Writer(7).append("forged"))
    assert mallory.hears() == [("refused", 1, "foreign-client")]


def test_a_client_id_is_free_again_when_its_connection_left_without_writing(host: Host, ada: Seat) -> None:
    host.room.leave(ada)
    host.join(Seat(BEN, client_id=7))


def test_a_client_id_that_somebody_shows_from_another_process_cannot_be_claimed(host: Host, ada: Seat) -> None:
    host.room.gathering.hear_presences([Presence(BEN, 8, None, 1, 0.0, here=False)])
    ada.hears()
    with pytest.raises(Closing):
        host.room.join(Seat(MALLORY, client_id=8))
    stock = host.join(Seat(MALLORY, stock=True))
    host.move(stock, 8)
    host.flush()
    assert (stock.client_id, stock.closed) == (None, None)
    assert shown(ada) == {}


def test_who_comes_back_takes_over_from_the_dead_connection(host: Host, ada: Seat, ben: Seat) -> None:
    host.move(ada, 7)
    host.flush()
    back = host.join(Seat(ADA, client_id=7))
    host.room.leave(ada)
    host.flush()
    assert shown(ben) == {7: "Ada"}
    with pytest.raises(Closing):
        host.room.join(Seat(MALLORY, client_id=7))
    assert back.client_id == 7


def test_a_stock_client_speaks_for_the_first_client_id_it_uses(host: Host, ben: Seat) -> None:
    stock = host.join(Seat(ADA, stock=True))
    host.move(stock, 70)
    host.move(stock, 71)
    host.flush()
    assert stock.client_id == 70
    assert shown(ben) == {70: "Ada"}


def test_a_stock_client_s_echo_of_others_claims_nothing(host: Host, ada: Seat, ben: Seat) -> None:
    stock = host.join(Seat(CLEO, stock=True))
    host.move(ada, 7)
    host.flush()
    ben.hears()
    host.move(stock, 7)
    host.move(stock, 8, LEFT)
    host.flush()
    assert stock.closed is None
    assert shown(ben) == {}
    host.move(stock, 90)
    host.flush()
    assert shown(ben) == {90: "Cleo"}


# --- Presence ----------------------------------------------------------------------------------------------------


def test_a_forged_name_is_shown_as_who_it_is(host: Host, ben: Seat) -> None:
    mallory = host.join(Seat(MALLORY, client_id=66))
    host.move(mallory, 66, json.dumps({"user": {"name": "Ada", "id": ADA.public_id, "colour": 1}, "cursor": None}))
    host.flush()
    assert shown(ben) == {66: "Mallory"}


def test_a_cursor_that_cannot_be_sent_harms_nobody(host: Host, ada: Seat, ben: Seat) -> None:
    host.move(ada, 7, '{"cursor":{"anchor":{"tname":"\\ud800"},"head":null}}')
    host.flush()
    assert shown(ben) == {7: "Ada"}


def test_cursors_wait_for_the_text_they_point_at(host: Host, ada: Seat, ben: Seat) -> None:
    host.update(ada, Writer(7).append("x"))
    append = host.begin()
    host.move(ada, 7)
    assert host.room.show_moves() == []
    host.settle(append)
    assert host.room.show_moves() == [7]
    assert kinds(ben.hears()) == ["update", "awareness"]


def test_whoever_asks_is_told_who_else_is_here(host: Host, ada: Seat, ben: Seat) -> None:
    host.move(ada, 7)
    host.move(ben, 8)
    host.flush()
    ada.hears()
    host.receive(ada, b"\x03")
    assert shown(ada) == {8: "Ben"}


def test_a_new_name_is_shown_to_the_others(host: Host, ada: Seat, ben: Seat) -> None:
    host.move(ada, 7)
    host.flush()
    ben.hears()
    ada.person = CLEO
    host.room.restamp(ada)
    host.flush()
    assert shown(ben) == {7: "Cleo"}


def test_awareness_of_too_much_or_no_json_closes_the_connection(host: Host) -> None:
    for state in ('{"x":"' + "y" * 2_048 + '"}', "{"):
        seat = host.join(Seat(ADA, client_id=7))
        host.move(seat, 7, state)
        assert seat.closed is Close.BAD_FRAME


def test_a_closed_room_closes_everybody(host: Host, ada: Seat, ben: Seat) -> None:
    host.room.close(Close.RESTARTING, "the server restarts")
    assert ada.closed is ben.closed is Close.RESTARTING
    with pytest.raises(Closing):
        host.room.join(Seat(CLEO))


# --- Checks ------------------------------------------------------------------------------------------------------


def check(host: Host, seat: Seat, writer: Writer, *, text: str | None = None, deleted: int | None = None) -> Verdict:
    from notes.documents import text_hash

    count = writer.deleted_units if deleted is None else deleted
    digest = text_hash(writer.text if text is None else text)
    host.receive(seat, b"\x68" + lengthed(state_vector(writer.clocks)) + varint(count) + digest)
    (said,) = [said for said in seat.hears() if said[0] == "check"]
    return Verdict(said[1])


def test_equal_texts_are_equal_and_different_ones_different(host: Host, ada: Seat) -> None:
    writer = Writer(7)
    host.update(ada, writer.append("one 😀 two"), writer.delete(0, 5))
    host.flush()
    assert check(host, ada, writer) is Verdict.EQUAL
    assert check(host, ada, writer, text="something else") is Verdict.DIFFERENT


def test_nothing_is_compared_while_something_waits_to_be_stored(host: Host, ada: Seat) -> None:
    writer = Writer(7)
    host.update(ada, writer.append("x"))
    assert check(host, ada, writer) is Verdict.NOT_NOW
    append = host.begin()
    assert check(host, ada, writer) is Verdict.NOT_NOW
    host.settle(append)
    assert check(host, ada, writer) is Verdict.EQUAL


def test_documents_of_different_states_are_not_compared(host: Host, ada: Seat) -> None:
    writer = Writer(7)
    host.update(ada, writer.append("xyz"))
    host.flush()
    assert check(host, ada, writer, deleted=1) is Verdict.NOT_NOW
    writer.append("more")
    assert check(host, ada, writer) is Verdict.NOT_NOW
