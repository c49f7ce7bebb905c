"""Limits have names, and count what they say."""

import pytest

from realtime import limits
from realtime.limits import Bucket, Limits


class Clock:
    """Stands in for the module `time`, so that seconds pass when a test says so."""

    now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    return clock


def taken(bucket: Bucket, tries: int) -> int:
    return sum(bucket.take() for _ in range(tries))


def test_a_full_bucket_gives_its_burst_and_no_more(clock: Clock) -> None:
    assert taken(Bucket(rate=10, burst=25), 100) == 25


def test_an_empty_bucket_fills_with_time(clock: Clock) -> None:
    bucket = Bucket(rate=10, burst=25)
    taken(bucket, 100)
    clock.now += 0.5
    assert taken(bucket, 100) == 5


def test_a_bucket_never_holds_more_than_its_burst(clock: Clock) -> None:
    bucket = Bucket(rate=10, burst=25)
    clock.now += 3_600
    assert taken(bucket, 100) == 25


def test_asking_an_empty_bucket_does_not_keep_it_empty(clock: Clock) -> None:
    bucket = Bucket(rate=1, burst=1)
    taken(bucket, 1)
    for _ in range(10):
        clock.now += 0.101
        bucket.take()
    assert taken(bucket, 5) == 0
    clock.now += 1
    assert bucket.take()


def test_a_long_frame_takes_several_tokens_and_a_full_bucket_is_enough_for_any(clock: Clock) -> None:
    bucket = Bucket(rate=10, burst=25)
    assert [bucket.take(10), bucket.take(10), bucket.take(10), bucket.take(5)] == [True, True, False, True]
    clock.now += 3_600
    assert bucket.take(1_000)
    assert not bucket.take()


def test_every_limit_is_a_setting() -> None:
    limits = Limits.from_settings()
    assert limits.frame_bytes == 262_144
    assert limits.members_per_note == 200
