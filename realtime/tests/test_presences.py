"""Who is in a room: the server's clocks, the session's names, leases for other processes."""

import json
import time

from realtime.presence import LEASE_SECONDS, LEFT, Presence, Presences
from realtime.tests.seats import ADA, BEN


def test_the_name_and_colour_are_the_session_s() -> None:
    entry = Presences().put(ADA, 7, None)
    assert json.loads(entry.state) == {"user": {"id": ADA.public_id, "name": "Ada", "colour": 1}, "cursor": None}


def test_clocks_grow_with_every_move_and_with_leaving() -> None:
    presences = Presences()
    clocks = [presences.put(ADA, 7, None).clock for _ in range(50)]
    gone = presences.remove(7)
    assert gone is not None
    assert gone.state == LEFT
    clocks += [gone.clock, presences.put(ADA, 7, None).clock]
    assert clocks == sorted(set(clocks))


def test_clocks_follow_the_wall_so_that_another_process_begins_later() -> None:
    before = time.time_ns() // 1_000_000
    assert Presences().put(ADA, 7, None).clock >= before


def test_leaving_is_newer_than_what_another_process_with_a_fast_clock_said() -> None:
    presences = Presences()
    ahead = time.time_ns() // 1_000_000 + 3_600_000
    presences.put(BEN, 8, None, here=False, clock=ahead)
    gone = presences.remove(8)
    assert gone is not None
    assert gone.clock > ahead


def test_removing_somebody_who_is_not_there_says_nothing() -> None:
    assert Presences().remove(7) is None


def test_everybody_is_listed_once_however_many_windows_they_have() -> None:
    presences = Presences()
    presences.put(ADA, 7, None)
    presences.put(BEN, 8, None, here=False)
    presences.put(ADA, 9, None)
    assert presences.people() == [ADA, BEN]
    assert [entry.client_id for entry in presences.entries(but=8)] == [7, 9]
    assert [presence.client_id for presence in presences.here()] == [7, 9]


def test_leases_of_other_processes_run_out_and_our_own_do_not() -> None:
    presences = Presences()
    presences.put(ADA, 7, None)
    presences.put(BEN, 8, None, here=False)
    now = time.monotonic()
    assert presences.expire(now + LEASE_SECONDS - 1) == []
    (gone,) = presences.expire(now + LEASE_SECONDS + 1)
    assert (gone.client_id, gone.state) == (8, LEFT)
    assert presences.is_here(7)
    assert len(presences) == 1


def test_a_renewed_lease_holds_longer() -> None:
    presences = Presences()
    presences.put(BEN, 8, None, here=False)
    presence = presences.get(8)
    assert isinstance(presence, Presence)
    presence.expires = 0.0
    presences.renew(8)
    assert presences.expire(time.monotonic()) == []
