"""Members of one process and client ids of all: who speaks for what, and who is told of whom."""

import json

import pytest

from realtime.closing import Close, Closing
from realtime.gathering import Gathering
from realtime.presence import LEFT, Presence
from realtime.protocol import AwarenessEntry
from realtime.tests.seats import ADA, BEN, CLEO, Seat


def gathering_of(*seats: Seat) -> Gathering:
    gathering = Gathering()
    for seat in seats:
        gathering.members[seat] = None
    return gathering


def moved(client_id: int, state: str = "{}") -> AwarenessEntry:
    return AwarenessEntry(client_id, 1, state)


def elsewhere(client_id: int, clock: int = 1) -> Presence:
    return Presence(BEN, client_id, None, clock, 0.0, here=False)


def names_heard(seat: Seat) -> dict[int, str | None]:
    """Client id to the name that was shown, None for who left."""
    heard: dict[int, str | None] = {}
    for said in seat.hears():
        assert said[0] == "awareness"
        for client_id, (_, state) in said[1].items():
            heard[client_id] = None if state == LEFT else json.loads(state)["user"]["name"]
    return heard


def test_a_move_is_shown_to_all_but_the_one_who_moved() -> None:
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    assert gathering.hear(ada, moved(7))
    assert gathering.show_moves() == [7]
    assert names_heard(ben) == {7: "Ada"}
    assert ada.hears() == []


def test_moves_are_gathered_and_only_the_last_of_each_is_shown() -> None:
    ada, ben, cleo = Seat(ADA, client_id=7), Seat(BEN, client_id=8), Seat(CLEO, client_id=9)
    gathering = gathering_of(ada, ben, cleo)
    for _ in range(5):
        gathering.hear(ada, moved(7))
    gathering.hear(ben, moved(8))
    assert sorted(gathering.show_moves()) == [7, 8]
    assert len(cleo.frames) == 1
    assert names_heard(cleo) == {7: "Ada", 8: "Ben"}
    assert gathering.show_moves() == []


def test_nobody_is_told_of_themselves_also_when_several_move_at_once() -> None:
    """Stock clients take over what they hear of themselves, and echo it: two of them would go on for ever."""
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    gathering.hear(ada, moved(7))
    gathering.hear(ben, moved(8))
    gathering.show_moves()
    assert names_heard(ada) == {8: "Ben"}
    assert names_heard(ben) == {7: "Ada"}


def test_a_forged_name_is_overwritten() -> None:
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    gathering.hear(ada, moved(7, json.dumps({"user": {"name": "Ben", "colour": 2, "id": BEN.public_id}})))
    gathering.show_moves()
    assert names_heard(ben) == {7: "Ada"}


def test_what_is_said_of_another_client_id_is_ignored() -> None:
    """Stock clients echo what they heard of others; a hostile one would move them, or send them away."""
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    gathering.hear(ben, moved(8))
    gathering.show_moves()
    before = gathering.presences.get(8)
    assert not gathering.hear(ada, moved(8, '{"cursor":{"anchor":null,"head":null}}'))
    assert not gathering.hear(ada, moved(8, LEFT))
    assert gathering.presences.get(8) == before
    assert gathering.show_moves() == []


def test_a_state_that_is_no_json_closes_the_connection() -> None:
    ada = Seat(ADA, client_id=7)
    with pytest.raises(Closing) as caught:
        gathering_of(ada).hear(ada, moved(7, "{"))
    assert caught.value.code is Close.BAD_FRAME


def test_who_says_goodbye_is_shown_to_have_left() -> None:
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    gathering.hear(ada, moved(7))
    gathering.show_moves()
    ben.hears()
    assert gathering.hear(ada, moved(7, LEFT))
    gathering.show_moves()
    assert names_heard(ben) == {7: None}


def test_who_departs_is_shown_to_have_left_once() -> None:
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    gathering.hear(ada, moved(7))
    gathering.show_moves()
    ben.hears()
    assert gathering.depart(ada)
    assert gathering.show_moves() == [7]
    assert names_heard(ben) == {7: None}


def test_who_never_moved_departs_in_silence() -> None:
    ada, ben = Seat(ADA, client_id=7), Seat(BEN)
    gathering = gathering_of(ada, ben)
    assert not gathering.depart(ada)
    assert not gathering.depart(ben)


def test_a_connection_that_comes_back_takes_its_client_id_from_the_dead_one() -> None:
    dead, back = Seat(ADA, client_id=7), Seat(ADA)
    gathering = gathering_of(dead, back)
    gathering.hear(dead, moved(7))
    gathering.speak_for(back, 7)
    assert (dead.client_id, back.client_id) == (None, 7)
    gathering.depart(dead)
    assert gathering.presences.is_here(7)


def test_a_new_name_is_shown_at_once_and_only_of_who_was_shown() -> None:
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    assert not gathering.restamp(ada)
    gathering.hear(ada, moved(7))
    gathering.show_moves()
    ben.hears()
    ada.person = CLEO
    assert gathering.restamp(ada)
    gathering.show_moves()
    assert names_heard(ben) == {7: "Cleo"}


def test_who_is_in_another_process_is_shown_to_everybody_here() -> None:
    ada = Seat(ADA, client_id=7)
    gathering = gathering_of(ada)
    gathering.hear_presences([elsewhere(8)])
    assert names_heard(ada) == {8: "Ben"}
    gathering.hear_departures([8, 9])
    assert names_heard(ada) == {8: None}


def test_a_renewal_from_another_process_is_not_shown_again() -> None:
    ada = Seat(ADA, client_id=7)
    gathering = gathering_of(ada)
    gathering.hear_presences([elsewhere(8, clock=5)])
    ada.hears()
    gathering.hear_presences([elsewhere(8, clock=5), elsewhere(8, clock=4)])
    assert ada.hears() == []
    gathering.hear_presences([elsewhere(8, clock=6)])
    assert names_heard(ada) == {8: "Ben"}


def test_old_news_of_another_process_does_not_move_who_is_here() -> None:
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    gathering.hear(ben, moved(8))
    gathering.show_moves()
    ada.hears()
    gathering.hear_presences([elsewhere(8, clock=1)])
    assert ada.hears() == []
    assert gathering.presences.is_here(8)


def test_who_spoke_elsewhere_since_departs_from_here_in_silence() -> None:
    """One who comes by plain requests may talk to several processes in turn."""
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    gathering.hear(ben, moved(8))
    gathering.show_moves()
    gathering.hear_presences([elsewhere(8, clock=2**50)])
    assert names_heard(ada) == {8: "Ben"}
    assert ben.hears() == [], "nobody hears of themselves"
    assert not gathering.depart(ben)
    assert gathering.presences.get(8) is not None


def test_who_spoke_elsewhere_and_comes_back_is_held_here_again() -> None:
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    assert not gathering.hold(ben), "nothing is known of them yet"
    gathering.hear_presences([elsewhere(8, clock=2**50)])
    assert gathering.hold(ben)
    assert not gathering.hold(ben)
    presence = gathering.presences.get(8)
    assert presence is not None
    assert (presence.here, presence.clock) == (True, 2**50 + 1)


def test_who_is_held_here_is_where_they_last_said_elsewhere() -> None:
    """They moved there while they listened here, and that comes to be known a moment later."""
    ben = Seat(BEN, client_id=8)
    gathering = gathering_of(ben)
    gathering.hear_presences([elsewhere(8, clock=5)])
    assert gathering.hold(ben)
    gathering.hear_presences([elsewhere(8, clock=9)])
    presence = gathering.presences.get(8)
    assert presence is not None
    assert (presence.here, presence.clock) == (False, 9)


def test_who_left_another_process_after_they_spoke_there_is_still_here() -> None:
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    gathering.hear(ben, moved(8))
    gathering.hear_presences([elsewhere(8, clock=2**50)])
    assert gathering.hear_departures([8])
    assert gathering.presences.is_here(8)


def test_who_left_another_process_but_is_here_is_shown_anew() -> None:
    """The other process has just told its own members that they left."""
    ada, ben = Seat(ADA, client_id=7), Seat(BEN, client_id=8)
    gathering = gathering_of(ada, ben)
    gathering.hear(ben, moved(8))
    gathering.show_moves()
    before = gathering.presences.get(8)
    assert gathering.hear_departures([8])
    assert not gathering.hear_departures([9])
    assert gathering.show_moves() == [8]
    after = gathering.presences.get(8)
    assert before
    assert after
    assert after.clock > before.clock


def test_a_dead_process_s_people_leave_when_their_lease_runs_out() -> None:
    ada = Seat(ADA, client_id=7)
    gathering = gathering_of(ada)
    gathering.hear_presences([elsewhere(8)])
    ada.hears()
    presence = gathering.presences.get(8)
    assert presence is not None
    presence.expires = 0.0
    gathering.expire()
    assert names_heard(ada) == {8: None}


def test_announcements_go_to_clients_of_the_subprotocol_only() -> None:
    ada, stock = Seat(ADA), Seat(BEN, stock=True)
    gathering = gathering_of(ada, stock)
    gathering.announce(b"\x67\x06viewer")
    assert ada.hears() == [("access", "viewer")]
    assert stock.hears() == []
