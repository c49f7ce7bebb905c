"""What is kept is made once, however many ask, and a cache that is away stops nobody."""

import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.cache import BaseCache, cache, caches
from prometheus_client import REGISTRY
from pytest_django import Settings

from core.lib import caching, steadycache
from core.lib.caching import Made, Memory, Shelf
from core.tests.services import Redis, wait_until

THREADS = 12


@pytest.fixture
def in_redis(settings: Settings, redis_server: Redis) -> Iterator[Redis]:
    """Django's cache is that of a house with Redis."""
    redis_server.clear()
    settings.CACHES = {"default": {"BACKEND": "core.lib.steadycache.SteadyCache", "LOCATION": redis_server.url}}
    yield redis_server
    steadycache._redis.cache_clear()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def shelf(request: pytest.FixtureRequest) -> Shelf[str]:
    if request.param == "redis":
        request.getfixturevalue("in_redis")
    return Shelf("tests")


class Kitchen:
    """Makes one thing at a time, when it is let, and counts."""

    def __init__(self, seconds: int = 60) -> None:
        self.made = 0
        self.seconds = seconds
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def __call__(self) -> Made[str]:
        self.made += 1
        number = self.made
        self.begun.set()
        assert self.go_on.wait(20)
        return Made(f"made {number}", self.seconds)


class Watched(Shelf[str]):
    """Counts how often it looked whether the thing is there."""

    looks = 0

    def _look(self, key: str) -> Any:
        self.looks += 1
        return super()._look(key)


def count(result: str, kind: str = "tests") -> float:
    return REGISTRY.get_sample_value("commonplace_cache_reads_total", {"kind": kind, "result": result}) or 0.0


def all_at_once(ask: Callable[[], str], people: int = THREADS) -> list[str]:
    barrier = threading.Barrier(people)

    def come() -> str:
        barrier.wait(20)
        return ask()

    with ThreadPoolExecutor(people) as pool:
        return [answer.result(30) for answer in [pool.submit(come) for _ in range(people)]]


def test_what_was_made_is_taken_the_next_time(shelf: Shelf[str]) -> None:
    kitchen, hits, misses = Kitchen(), count("hit"), count("miss")
    assert [shelf.get("soup", kitchen) for _ in range(3)] == ["made 1"] * 3
    assert (count("hit") - hits, count("miss") - misses) == (2, 1)


def test_another_key_is_another_thing(shelf: Shelf[str]) -> None:
    kitchen = Kitchen()
    assert (shelf.get("soup", kitchen), shelf.get("bread", kitchen)) == ("made 1", "made 2")


def test_many_threads_at_once_make_it_once(shelf: Shelf[str]) -> None:
    kitchen = Kitchen()
    assert all_at_once(lambda: shelf.get("soup", kitchen)) == ["made 1"] * THREADS


def test_one_process_waits_for_what_another_is_making(shelf: Shelf[str]) -> None:
    """Each has a shelf of its own: they share nothing but the cache."""
    here, there, elsewhere = Kitchen(), Kitchen(), Watched("tests")
    here.go_on.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shelf.get, "soup", here)
        assert here.begun.wait(20)
        second = pool.submit(elsewhere.get, "soup", there)
        wait_until(lambda: elsewhere.looks >= 3 or second.done(), "the second one waits")
        here.go_on.set()
        assert (first.result(20), second.result(20)) == ("made 1", "made 1")
    assert there.made == 0


def test_what_is_not_kept_is_still_handed_to_all_who_waited(shelf: Shelf[str]) -> None:
    kitchen = Kitchen(seconds=0)
    kitchen.go_on.clear()
    waited = count("waited")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shelf.get, "soup", kitchen)
        assert kitchen.begun.wait(20)
        second = pool.submit(shelf.get, "soup", kitchen)
        wait_until(lambda: bool(shelf._making["soup"]._condition._waiters), "the second one waits")  # type: ignore[attr-defined]
        kitchen.go_on.set()
        assert (first.result(20), second.result(20)) == ("made 1", "made 1")
    assert count("waited") == waited + 1
    assert shelf.get("soup", kitchen) == "made 2"


def test_who_fails_to_make_it_leaves_it_to_the_next(shelf: Shelf[str]) -> None:
    def burn() -> Made[str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shelf.get("soup", burn)
    assert shelf.get("soup", Kitchen()) == "made 1"


def test_nobody_waits_for_ever_for_another_process(shelf: Shelf[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "WAIT_SECONDS", 0.05)
    cache.add("tests:soup:making", 1, 60)  # of a process that has died since
    assert shelf.get("soup", Kitchen()) == "made 1"


def test_nobody_waits_for_ever_for_another_thread(shelf: Shelf[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "WAIT_SECONDS", 0.05)
    slow = Kitchen()
    slow.go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(shelf.get, "soup", slow)
        assert slow.begun.wait(20)
        assert shelf.get("soup", lambda: Made("made elsewhere", 60)) == "made elsewhere"
        slow.go_on.set()
        assert first.result(20) == "made 1"


def test_at_the_end_of_its_time_one_makes_it_anew_and_the_others_take_the_old_one(
    shelf: Shelf[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "EARLY", 1.0)
    kitchen, renewed = Kitchen(), count("renewed")
    shelf.get("soup", kitchen)
    kitchen.begun.clear()
    kitchen.go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(shelf.get, "soup", kitchen)
        assert kitchen.begun.wait(20)
        assert {shelf.get("soup", kitchen), Shelf[str]("tests").get("soup", kitchen)} == {"made 1"}
        kitchen.go_on.set()
        assert one.result(20) == "made 2"
    assert count("renewed") == renewed + 1


@pytest.mark.redis
def test_without_redis_each_process_keeps_it_by_itself_and_goes_back(
    in_redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, kitchen = Shelf[str]("tests"), Kitchen()
    shelf.get("soup", kitchen)
    in_redis.kill()
    try:
        assert shelf.get("soup", kitchen) == "made 2"
        assert shelf.get("soup", kitchen) == "made 2"
    finally:
        in_redis.start()
    monkeypatch.setattr(steadycache._redis(in_redis.url), "_away_until", time.monotonic())  # the pause is over
    assert shelf.get("soup", kitchen) == "made 3"
    assert in_redis_keys(in_redis) == {":1:tests:soup"}


@pytest.mark.redis
def test_a_redis_that_stands_still_is_waited_for_once(in_redis: Redis) -> None:
    away = REGISTRY.get_sample_value("commonplace_cache_away_total") or 0
    shelf = Shelf[str]("tests")
    shelf.get("soup", Kitchen())
    in_redis.freeze()
    try:
        for key in ("soup", "bread", "wine"):
            shelf.get(key, Kitchen())
    finally:
        in_redis.thaw()
    assert REGISTRY.get_sample_value("commonplace_cache_away_total") == away + 1


@pytest.mark.redis
def test_after_the_pause_one_tries_redis_and_all_others_still_do_without(in_redis: Redis) -> None:
    line = steadycache._redis(in_redis.url)
    line._away_until = time.monotonic()
    assert [line.is_away() for _ in range(3)] == [False, True, True]
    line.answered()
    assert not line.is_away()


@pytest.mark.redis
def test_all_threads_of_a_process_share_the_connections_to_redis(in_redis: Redis) -> None:
    """Django makes a cache for each."""
    made: dict[int, BaseCache] = {}

    def ask(number: int) -> None:
        made[number] = caches["default"]
        cache.set("key", number)

    for number in range(20):
        thread = threading.Thread(target=ask, args=[number])
        thread.start()
        thread.join()
    assert len(set(map(id, made.values()))) == 20
    assert connections_to(in_redis) < 5


@pytest.mark.redis
def test_the_cache_does_in_redis_all_that_django_asks_of_one(in_redis: Redis) -> None:
    cache.set_many({"one": 1, "two": [2]})
    assert cache.get_many(["one", "two", "three"]) == {"one": 1, "two": [2]}
    assert (cache.incr("one", 4), cache.decr("one")) == (5, 4)
    assert not cache.add("one", 9)
    assert cache.touch("one", 60)
    assert "one" in cache
    assert cache.get_or_set("three", lambda: 3) == 3
    assert cache.delete("one")
    assert cache.get("one", "gone") == "gone"
    cache.clear()
    assert in_redis_keys(in_redis) == set()


@pytest.mark.redis
@pytest.mark.parametrize(
    "value",
    [
        *(0, -7, 2**40, 2.5, True, False, None, "", "7", "soup à l'oignon", b"", b"7", b"\x00\xff"),
        *([], [1.5, 2.5], (), (b"<p>soup</p>", 1.5), [("a", (1, "b"))], {"a": [1, (2,)], 3: None}),
    ],
    ids=repr,
)
def test_plain_data_comes_back_from_redis_as_it_was(in_redis: Redis, value: Any) -> None:
    cache.set("key", value)
    back = cache.get("key", "gone")
    assert back == value
    assert type(back) is type(value)
    assert in_redis_keys(in_redis) == {":1:key"}


class Trap:
    """Runs when it is unpickled."""

    sprung = False

    @classmethod
    def spring(cls) -> tuple[str, float]:
        cls.sprung = True
        return "from the trap", time.time() + 60

    def __reduce__(self) -> Any:
        return Trap.spring, ()


@pytest.mark.redis
@pytest.mark.parametrize(
    "planted",
    [
        pickle.dumps(Trap()),
        pickle.dumps(("soup", 1.5)),
        b"",
        b"\xc1",  # nothing begins so
        b"\x92\x01",  # one of two
        b"\xc0\xc0",  # more than one
        b"\xd4\x02\xc0",  # another mark
        b"\xd4\x01\xc0",  # a tuple of nothing
        b"\x81\x90\x01",  # a list as a key
        b"\x91" * 100_000,
        b"\xc9" + bytes([0, 0, 0, 0, 1]) * 2,
    ],
    ids=lambda planted: repr(planted[:10]),
)
def test_what_a_stranger_left_in_redis_is_a_miss_and_runs_nothing(in_redis: Redis, planted: bytes) -> None:
    with redis.Redis.from_url(in_redis.url) as client:
        client.set(":1:tests:soup", planted)
    assert cache.get("tests:soup", "nothing") == "nothing"
    assert cache.get_many(["tests:soup"]) == {}
    assert Shelf[str]("tests").get("soup", Kitchen()) == "made 1"
    assert not Trap.sprung
    assert cache.get("tests:soup")[0] == "made 1"


@pytest.mark.redis
def test_tuples_within_tuples_without_end_are_a_miss(in_redis: Redis) -> None:
    data = b"\xc0"
    for _ in range(20_000):
        data = b"\xc9" + len(data).to_bytes(4) + b"\x01" + data
    with redis.Redis.from_url(in_redis.url) as client:
        client.set(":1:key", data)
    assert cache.get("key", "nothing") == "nothing"


@pytest.mark.parametrize("kept", [7, "soup", ("soup", "tomorrow"), ["soup"], {"soup": 1}], ids=repr)
def test_what_no_shelf_has_kept_is_a_miss(shelf: Shelf[str], kept: Any) -> None:
    cache.set("tests:soup", kept)
    assert shelf.get("soup", Kitchen()) == "made 1"


@pytest.mark.redis
def test_what_is_no_plain_data_is_not_kept(in_redis: Redis) -> None:
    with pytest.raises(TypeError, match="Trap is no plain data"):
        cache.set("key", Trap())


def test_memory_keeps_what_was_asked_for_last() -> None:
    memory, made = Memory[str]("tests", most=2), list[str]()

    def ask(key: str) -> None:
        def make() -> str:
            made.append(key)
            return key

        assert memory.get(key, make) == key

    for key in "abacab":
        ask(key)
    assert made == list("abcb")


def test_a_key_of_code_is_another_when_a_file_or_a_package_is(tmp_path: Path) -> None:
    file = tmp_path / "rules.py"
    file.write_text("ONE = 1")
    first = caching.code_of([file], ["Django"])
    assert caching.code_of([file], ["Django"]) == first
    assert caching.code_of([file], ["Django", "redis"]) != first
    file.write_text("ONE = 2")
    assert caching.code_of([file], ["Django"]) != first


def in_redis_keys(server: Redis) -> set[str]:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        return set(map(str, client.scan_iter()))


def connections_to(server: Redis) -> int:
    with redis.Redis.from_url(server.url) as client:
        return len(client.client_list()) - 1
