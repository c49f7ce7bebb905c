"""A client id belongs to one user of a note, from the first update that writes with it."""

import pytest

from realtime.admission import NOBODY, Admission
from realtime.decoding import Refusal
from realtime.tests.hostile import block, string, update
from realtime.tests.insight import inside
from realtime.tests.writers import Writer

ADA, BEN = 1, 2


def refusal(known: Admission, data: bytes, user_id: int) -> str:
    before = inside(known)
    with pytest.raises(Refusal) as caught:
        known.take(data, user_id)
    assert inside(known) == before
    return caught.value.code


def test_the_first_update_binds_the_client_id() -> None:
    known, writer = Admission(max_units=100), Writer(7)
    assert known.take(writer.append("hers"), ADA).bound == [7]
    assert known.take(writer.append(", still"), ADA).bound == []
    assert refusal(known, writer.append(", not his"), BEN) == "foreign-client"


def test_a_client_id_that_the_database_knows_is_bound() -> None:
    known = Admission(max_units=100, owners={7: ADA, 8: NOBODY})
    assert refusal(known, Writer(7).append("x"), BEN) == "foreign-client"
    assert refusal(known, Writer(8).append("x"), BEN) == "foreign-client"
    assert known.take(Writer(7).append("x"), ADA).bound == []


def test_a_client_id_of_an_earlier_epoch_is_refused_for_everybody() -> None:
    known = Admission(max_units=100, former=[7])
    assert refusal(known, Writer(7).append("x"), ADA) == "old-client"


def test_a_reserved_client_id_waits_for_its_user() -> None:
    known, writer = Admission(max_units=100), Writer(7)
    known.reserved[7] = ADA
    data = writer.append("x")
    assert refusal(known, data, BEN) == "foreign-client"
    assert known.take(data, ADA).bound == [7]


def test_a_binding_weighs_more_than_a_reservation() -> None:
    known = Admission(max_units=100, owners={7: ADA})
    known.reserved[7] = BEN
    assert refusal(known, Writer(7).append("x"), BEN) == "foreign-client"


def test_an_update_may_carry_several_client_ids_of_one_user_and_none_of_another() -> None:
    known = Admission(max_units=100, owners={7: ADA, 8: BEN})
    assert refusal(known, update(block(7, 0, string("x")), block(8, 0, string("y"))), ADA) == "foreign-client"
    assert known.take(update(block(7, 0, string("x")), block(9, 0, string("y"))), ADA).bound == [9]


def test_what_others_wrote_and_everybody_knows_may_come_along() -> None:
    known, ada, ben = Admission(max_units=100), Writer(7), Writer(8)
    hers = ada.append("hers")
    known.take(hers, ADA)
    ben.hear(hers)
    ben.append(" and his")
    assert known.take(ben.state, BEN).bound == [8]


def test_what_others_wrote_may_be_deleted() -> None:
    known, ada, ben = Admission(max_units=100), Writer(7), Writer(8)
    hers = ada.append("hers")
    known.take(hers, ADA)
    ben.hear(hers)
    change = known.take(ben.delete(0, 2), BEN)
    assert (change.removed, change.bound) == (2, [])


def test_a_replayed_row_binds_its_client_id_to_its_author_or_to_nobody() -> None:
    known = Admission(max_units=100)
    known.replay(Writer(7).append("x"), ADA)
    known.replay(Writer(8).append("y"), None)
    assert known.owners == {7: ADA, 8: NOBODY}
