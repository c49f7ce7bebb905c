"""When a room flushes."""

from realtime.pace import BURST, MOST, SHARE, Pace


def flushes(pace: Pace, *, every: float, cost: float, seconds: float) -> list[float]:
    """How long each flush was waited for, if something comes every so often."""
    waits, at, busy_until = [], 100.0, 0.0
    end = at + seconds
    while at < end:
        due = max(at, busy_until, pace.next(at))
        waits.append(due - at)
        busy_until = due + cost
        pace.worked(busy_until, cost)
        at += every
        while at < busy_until:  # goes along with the next one
            at += every
    return waits


def test_in_a_quiet_room_nobody_waits() -> None:
    assert set(flushes(Pace(), every=0.02, cost=0.001, seconds=5)) == {0.0}


def test_a_few_keystrokes_at_once_do_not_wait_either() -> None:
    pace = Pace()
    for _ in range(4):
        assert pace.next(1.0) == 1.0
        pace.worked(1.0, BURST / 4)


def test_a_busy_room_spends_no_more_than_its_share() -> None:
    cost = 0.002
    waits = flushes(Pace(), every=0.0001, cost=cost, seconds=5)
    assert len(waits) * cost < 5 * SHARE * 1.1
    assert max(waits) <= MOST


def test_nobody_waits_longer_than_the_most_however_dear_a_flush_is() -> None:
    assert max(flushes(Pace(), every=0.001, cost=0.05, seconds=5)) <= 0.05 + MOST


def test_after_a_storm_it_is_quick_again() -> None:
    pace = Pace()
    flushes(pace, every=0.0001, cost=0.002, seconds=2)
    assert pace.next(200.0) == 200.0
