"""A process notices that it does not hear what is said over Redis, and mends it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import redis.asyncio
from pytest_django import Settings

from core.tests.services import Redis
from realtime import fanout, pulse
from realtime.fanout import Fanout
from realtime.pulse import Pulse
from realtime.tests.client import until
from realtime.tests.faults.proxies import Proxy, State

pytestmark = pytest.mark.redis

TOPIC = "a topic"


@pytest.fixture
def line(redis_server: Redis) -> Iterator[Proxy]:
    with Proxy(redis_server.port) as proxy:
        yield proxy


class Process:
    """What a process says and hears."""

    def __init__(self) -> None:
        self.fanout = Fanout()
        self.heard: list[int] = []
        self.returns = 0
        self._pulse = asyncio.ensure_future(Pulse(self.fanout, self._return).run())

    async def listen(self) -> "Process":
        await self.fanout.subscribe(TOPIC, self._hear)
        return self

    def say(self, number: int) -> None:
        self.fanout.publish(TOPIC, {"number": number}, here=False)

    async def close(self) -> None:
        self._pulse.cancel()
        await self.fanout.close()

    def _hear(self, message: dict[str, Any]) -> None:
        self.heard.append(message["number"])

    def _return(self) -> None:
        self.returns += 1


@pytest.fixture
async def here_and_there(
    line: Proxy, redis_server: Redis, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Process, Process]]:
    """One behind the line, the other not."""
    monkeypatch.setattr(pulse, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(pulse, "RENEW_SECONDS", 0.5)
    monkeypatch.setattr(fanout, "CALL_SECONDS", 0.5)
    processes = []
    for port in (line.port, redis_server.port):
        host = {"address": f"redis://127.0.0.1:{port}/0", "socket_timeout": None}
        backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
        settings.CHANNEL_LAYERS = {"default": {"BACKEND": backend, "CONFIG": {"hosts": [host]}}}
        processes.append(await Process().listen())
    yield processes[0], processes[1]
    for process in processes:
        await process.close()


type Pair = tuple[Process, Process]


async def says_and_is_heard(speaker: Process, listener: Process) -> None:
    """Says it until it is heard: a subscription may be under way."""
    number = sum(map(len, (speaker.heard, listener.heard))) + 1
    for _ in range(200):
        speaker.say(number)
        await asyncio.sleep(0.05)
        if number in listener.heard:
            return
    raise AssertionError("never heard")


async def test_what_one_says_the_other_hears(here_and_there: Pair) -> None:
    here, there = here_and_there
    await says_and_is_heard(here, there)
    await says_and_is_heard(there, here)
    assert there.heard == [1] * len(there.heard), "nobody hears themselves"


async def test_what_is_said_at_once_goes_together_and_in_order(here_and_there: Pair, redis_server: Redis) -> None:
    here, there = here_and_there
    await says_and_is_heard(here, there)
    before, sent = len(there.heard), await published(redis_server)
    for number in range(1000, 1100):
        here.say(number)
    await until(lambda: there.heard[-1] == 1099, "the last is heard")
    assert there.heard[before:] == list(range(1000, 1100))
    assert await published(redis_server) - sent < 50, "each went alone"


async def published(redis_server: Redis) -> int:
    """How many messages went through Redis, also the beats."""
    async with redis.asyncio.Redis(port=redis_server.port) as client:
        return int((await client.info("commandstats"))["cmdstat_publish"]["calls"])


async def test_a_line_that_was_cut_is_known_to_have_lost_something(here_and_there: Pair, line: Proxy) -> None:
    here, there = here_and_there
    await says_and_is_heard(there, here)
    returns = here.returns
    line.turn(State.CUT)
    there.say(100)
    line.turn(State.OPEN)
    await until(lambda: here.returns > returns, "it hears itself again")
    await says_and_is_heard(there, here)


async def test_connections_that_died_without_a_word_are_made_anew(here_and_there: Pair, line: Proxy) -> None:
    here, there = here_and_there
    await says_and_is_heard(there, here)
    returns = here.returns
    line.forget()
    await until(lambda: here.returns > returns, "it hears itself again")
    await says_and_is_heard(there, here)
    await says_and_is_heard(here, there)


async def test_what_waits_for_a_line_that_hangs_is_bounded(
    here_and_there: Pair, line: Proxy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fanout, "MOST_WAITING", 20)
    here, there = here_and_there
    await says_and_is_heard(here, there)
    line.turn(State.HELD)
    for number in range(1000, 1100):
        here.say(number)
    assert "does not take what it is sent" in caplog.text
    line.turn(State.OPEN)
    await says_and_is_heard(here, there)
    assert len([number for number in there.heard if number >= 1000]) <= 20
