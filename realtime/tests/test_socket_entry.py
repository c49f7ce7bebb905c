"""Who may open a note's socket, and what those are told who may not."""

from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async

from core.accounts.models import User
from notes.models import Note
from notes.services import notes
from realtime.closing import Close
from realtime.protocol import MAX_CLIENT_ID
from realtime.registry import Registry
from realtime.tests.client import SUBPROTOCOL, path_of, sign_in
from realtime.tests.conftest import Sit, Visit

REFUSED_ORIGINS = [
    None,
    "null",
    "http://evil.example",
    "https://localhost:8000",
    "http://localhost:8001",
    "http://localhost",
    "http://app.localhost:8000",
    "http://localhost:8000.evil.example",
    "http://[::1",
]


async def test_a_stranger_is_told_that_there_is_no_such_note(visit: Visit, mallory: User) -> None:
    assert await (await visit(mallory)).closed() == Close.NOT_FOUND


async def test_a_note_that_is_not_there_is_not_found(visit: Visit, ada: User) -> None:
    assert await (await visit(ada, "/ws/notes/abcdefghijklmnop")).closed() == Close.NOT_FOUND


@pytest.mark.parametrize("session", ["", "x" * 32, "not-a-key"])
async def test_who_is_not_signed_in_is_told_so(visit: Visit, session: str) -> None:
    assert await (await visit(None, session=session)).closed() == Close.SIGNED_OUT


@pytest.mark.parametrize("origin", REFUSED_ORIGINS)
async def test_another_site_cannot_open_a_socket_with_somebody_s_cookie(
    visit: Visit, ada: User, origin: str | None
) -> None:
    assert not (await visit(ada, origin=origin)).accepted


@pytest.mark.parametrize("path", ["/ws/notes/", "/ws/notes/UPPER", "/ws/notes/a/b", "/ws/other", "/"])
async def test_no_socket_is_served_at_another_address(visit: Visit, ada: User, path: str) -> None:
    assert not (await visit(ada, path)).accepted


async def test_a_slash_at_the_end_is_allowed(visit: Visit, ada: User, handshake: Note) -> None:
    socket = await visit(ada, path_of(handshake) + "/")
    assert (await socket.next())[0] == "hello"


async def test_the_role_is_told_first(visit: Visit, ada: User, ben: User, dana: User, cleo: User) -> None:
    for user, role in ((ada, "owner"), (ben, "editor"), (dana, "commenter"), (cleo, "viewer")):
        socket = await visit(user)
        assert await socket.next() == ("hello", 1, 1, role)
        assert socket.subprotocol == SUBPROTOCOL


async def test_a_stock_client_is_told_nothing_that_it_does_not_know(visit: Visit, ada: User) -> None:
    socket = await visit(ada, stock=True)
    assert socket.subprotocol is None
    assert (await socket.next())[0] == "step 1"


async def test_a_client_of_another_epoch_is_told_the_present_one_and_sent_away(
    visit: Visit, ada: User, handshake: Note
) -> None:
    socket = await visit(ada, epoch=handshake.epoch + 1)
    assert [await socket.next(), await socket.next()] == [("hello", 1, 1, "owner"), ("closing", Close.OTHER_EPOCH)]
    assert await socket.closed() == Close.OTHER_EPOCH
    assert (await (await visit(ada, epoch=handshake.epoch)).next())[0] == "hello"


@pytest.mark.parametrize("number", ["-1", "1.5", "x", "٣", str(MAX_CLIENT_ID + 1), "9" * 5_000])
async def test_a_query_that_is_no_number_is_refused(visit: Visit, ada: User, number: str) -> None:
    assert await (await visit(ada, client=number)).closed() == Close.BAD_FRAME
    assert await (await visit(ada, epoch=number)).closed() == Close.BAD_FRAME


async def test_somebody_else_s_client_id_cannot_be_brought(visit: Visit, sit: Sit, ada: User, ben: User) -> None:
    typist = await sit(ada)
    assert await (await visit(ben, client=typist.writer.client_id)).closed() == Close.BAD_FRAME


async def test_a_user_has_so_many_sockets_and_no_more(visit: Visit, rooms: Registry, ada: User, ben: User) -> None:
    rooms.limits = replace(rooms.limits, sockets_per_user=2)
    first, second = await visit(ada), await visit(ada)
    for socket in (first, second):
        await socket.hears("hello")
    third = await visit(ada)
    assert await third.closed() == Close.TOO_MANY
    assert (await (await visit(ben)).next())[0] == "hello"
    for socket in (first, third):
        await socket.leave()
    assert (await (await visit(ada)).next())[0] == "hello"
    assert await (await visit(ada)).closed() == Close.TOO_MANY


async def test_a_note_has_so_many_members_and_no_more(visit: Visit, rooms: Registry, ada: User, ben: User) -> None:
    rooms.limits = replace(rooms.limits, members_per_note=1)
    first = await visit(ada)
    await first.hears("hello")
    assert await (await visit(ben)).closed() == Close.TOO_MANY
    await first.leave()
    assert (await (await visit(ben)).next())[0] == "hello"


async def test_a_deleted_note_is_found_by_nobody_but_those_who_may_bring_it_back(
    visit: Visit, ada: User, cleo: User, handshake: Note
) -> None:
    await sync_to_async(notes.delete)(ada, handshake)
    assert await (await visit(cleo)).closed() == Close.NOT_FOUND
    assert await (await visit(ada)).next() == ("hello", 1, 1, "viewer")


async def test_a_disabled_account_is_signed_out(visit: Visit, ben: User) -> None:
    session = await sign_in(ben)
    ben.is_active = False
    await sync_to_async(ben.save)()
    assert await (await visit(None, session=session)).closed() == Close.SIGNED_OUT
