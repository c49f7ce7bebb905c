"""Who listens by a plain request waits for news, and not for ever."""

from dataclasses import replace

from core.accounts.models import User
from realtime import protocol
from realtime.closing import Close
from realtime.registry import Registry
from realtime.tests.client import until
from realtime.tests.conftest import Sit, Visit
from realtime.tests.failing import Faults
from realtime.tests.plain import Plain, PlainTypist
from realtime.tests.said import kinds


async def listener(visit: Visit, user: User) -> Plain:
    """Somebody who has heard everything so far."""
    visitor = await visit(user, plain=True)
    assert isinstance(visitor, Plain)
    await visitor.hears("step 1")
    return visitor


async def test_without_news_the_answer_is_empty_and_comes_in_time(visit: Visit, rooms: Registry, ada: User) -> None:
    rooms.limits = replace(rooms.limits, poll_seconds=0.05)
    visitor = await listener(visit, ada)
    answer = await visitor.ask(wait=20).answer()
    assert (answer.status, answer.frames) == (200, [])


async def test_the_client_may_wait_shorter(visit: Visit, ada: User) -> None:
    visitor = await listener(visit, ada)
    assert (await visitor.ask(wait=0).answer()).frames == []
    assert (await visitor.ask(wait=1).answer()).frames == []


async def test_the_end_of_the_server_is_told_to_who_waits(visit: Visit, rooms: Registry, ada: User) -> None:
    visitor = await listener(visit, ada)
    listening = visitor.ask(wait=20)
    await until(lambda: any(caller._requests for caller in rooms.callers.values()), "the request waits")
    await rooms.close()
    answer = await listening.answer()
    assert answer.messages == [("closing", Close.RESTARTING)]
    assert answer.status == 503


async def test_who_comes_to_a_server_that_ends_is_sent_away(visit: Visit, rooms: Registry, ada: User) -> None:
    await rooms.close()
    visitor = await visit(ada, plain=True)
    assert await visitor.closed() == Close.RESTARTING


async def test_trouble_is_told_while_a_request_still_waits_to_be_stored(
    sit: Sit, visit: Visit, rooms: Registry, ben: User
) -> None:
    writer = await sit(ben, plain=True)
    assert isinstance(writer, PlainTypist)
    faults = Faults(rooms)
    faults.fail_before = 1
    listening = writer.ask(wait=20)
    saying = writer.ask([protocol.update(writer.writer.append(" Troubled."))])
    assert ("trouble", "storage") in (await listening.answer()).messages
    assert ("stored", 1) in (await saying.answer()).messages


async def test_news_that_come_with_what_was_said_do_not_come_twice(sit: Sit, ben: User) -> None:
    writer = await sit(ben, plain=True)
    assert isinstance(writer, PlainTypist)
    listening = writer.ask(wait=20)
    for text in ("a", "b", "c"):
        await writer.types(text)
    assert not listening.answered
    await listening.hang_up()


async def test_who_is_sent_away_between_two_requests_hears_it_in_the_next(
    visit: Visit, rooms: Registry, ada: User
) -> None:
    visitor = await listener(visit, ada)
    (caller,) = rooms.callers.values()
    caller.close(Close.SIGNED_OUT, "this session has ended")
    answer = await visitor.ask(wait=20).answer()
    assert (answer.status, kinds(answer.messages)) == (401, ["closing"])
    assert not rooms.callers
