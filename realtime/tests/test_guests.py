"""How much of a process one person may take, and all of them together."""

from dataclasses import replace

import pytest

from core.accounts.models import User
from notes.models import Note
from notes.services import notes
from realtime.closing import Close, Closing
from realtime.guests import Guests
from realtime.limits import Limits
from realtime.registry import Registry
from realtime.tests.client import do, until
from realtime.tests.conftest import Sit, Visit


@pytest.fixture
def limits() -> Limits:
    return replace(Limits.from_settings(), sockets_per_user=2, sockets_per_process=3)


def test_connections_are_counted_for_each_user(limits: Limits) -> None:
    guests = Guests()
    guests.enter(1, limits)
    guests.enter(1, limits)
    with pytest.raises(Closing, match="too-many: at most 2"):
        guests.enter(1, limits)
    guests.enter(2, limits)
    guests.leave(1)
    guests.enter(1, limits)


def test_a_user_without_connections_takes_no_memory(limits: Limits) -> None:
    guests = Guests()
    for user_id in range(10):
        guests.enter(user_id, limits)
        guests.leave(user_id)
    assert not guests._of


def test_connections_of_whoever_it_is_are_counted_until_they_depart(limits: Limits) -> None:
    guests = Guests()
    for _ in range(3):
        guests.knock(limits)
    with pytest.raises(Closing, match="too-many: this server"):
        guests.knock(limits)
    guests.depart()
    guests.depart()
    guests.knock(limits)


async def test_a_full_process_takes_nobody_until_somebody_goes(
    visit: Visit, rooms: Registry, ada: User, ben: User
) -> None:
    rooms.limits = replace(rooms.limits, sockets_per_process=1)
    first = await visit(ada)
    await first.hears("hello")
    turned_away = await visit(ben)
    assert await turned_away.closed() == Close.TOO_MANY
    for socket in (first, turned_away):
        await socket.leave()
    await until(lambda: not rooms.guests.connections, "nobody is there")
    await (await visit(ben)).hears("hello")


async def test_a_stranger_counts_only_while_the_connection_lasts(visit: Visit, rooms: Registry) -> None:
    stranger = await visit(None)
    assert await stranger.closed() == Close.SIGNED_OUT
    await stranger.leave()
    await until(lambda: not rooms.guests.connections, "nobody is there")


async def test_a_process_opens_so_many_notes_and_the_open_ones_go_on(
    sit: Sit, visit: Visit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    another = await do(notes.create, ada, notebook=handshake.notebook, title="Another")
    rooms.limits = replace(rooms.limits, rooms_per_process=1)
    hers = await sit(ada)
    assert await (await visit(ben, another)).closed() == Close.TOO_MANY
    his = await sit(ben)
    await hers.types("still ")
    await his.reads("still ")


async def test_one_person_says_so_much_over_all_connections_together(
    sit: Sit, rooms: Registry, ada: User, ben: User
) -> None:
    rooms.limits = replace(rooms.limits, user_frames_per_second=1, user_frames_burst=40)
    first, second, his = await sit(ada), await sit(ada), await sit(ben)
    for number in range(50):
        who = (first, second)[number % 2]
        await who.update(who.writer.append("x"))
    codes = {await first.closed(), await second.closed()}
    assert codes == {Close.TOO_FAST}
    await his.types("undisturbed")
