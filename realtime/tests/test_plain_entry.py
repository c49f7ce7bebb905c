"""Who may come by plain requests, and what those are told who may not: the same as at the socket's door."""

from dataclasses import replace
from typing import Any

import pytest

from core.accounts.models import User
from notes.models import Note
from realtime.closing import Close
from realtime.protocol import MAX_CLIENT_ID
from realtime.registry import Registry
from realtime.tests.client import path_of, sign_in
from realtime.tests.conftest import Sit, Visit
from realtime.tests.plain import TYPE, Plain, Request, new_line
from realtime.tests.test_socket_entry import REFUSED_ORIGINS


async def turned_away(visitor: object, code: Close, status: int) -> None:
    assert isinstance(visitor, Plain)
    assert await visitor.closed() == code
    assert visitor.status == status


async def test_a_stranger_is_told_that_there_is_no_such_note(visit: Visit, mallory: User) -> None:
    await turned_away(await visit(mallory, plain=True), Close.NOT_FOUND, 404)


async def test_a_note_that_is_not_there_is_not_found(visit: Visit, ada: User) -> None:
    await turned_away(await visit(ada, "/sync/notes/abcdefghijklmnop", plain=True), Close.NOT_FOUND, 404)


@pytest.mark.parametrize("session", ["", "x" * 32, "not-a-key"])
async def test_who_is_not_signed_in_is_told_so(visit: Visit, session: str) -> None:
    await turned_away(await visit(None, session=session, plain=True), Close.SIGNED_OUT, 401)


@pytest.mark.parametrize("origin", REFUSED_ORIGINS)
async def test_another_site_says_nothing_with_somebody_s_cookie(
    rooms: Registry, handshake: Note, ada: User, origin: str | None
) -> None:
    request = Request(path_of(handshake), await sign_in(ada), origin=origin, line=new_line())
    assert (await request.answer()).status == 403
    assert not rooms.callers


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", f"{TYPE}; x=y"])
async def test_nothing_that_a_form_can_send_is_read(
    rooms: Registry, handshake: Note, ada: User, content_type: str | None
) -> None:
    request = Request(path_of(handshake), await sign_in(ada), content_type=content_type, line=new_line())
    assert (await request.answer()).status == 415
    assert not rooms.callers


async def test_one_posts_and_does_not_get(rooms: Registry, handshake: Note, ada: User) -> None:
    request = Request(path_of(handshake), await sign_in(ada), method="GET", line=new_line())
    assert (await request.answer()).status == 405
    assert (await request.headers())[b"allow"] == b"POST"


async def test_no_answer_is_kept_by_anybody_on_the_way(rooms: Registry, handshake: Note, ada: User) -> None:
    headers = await Request(path_of(handshake), await sign_in(ada), line=new_line()).headers()
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"x-content-type-options"] == b"nosniff"


async def test_the_role_is_told_first(visit: Visit, ada: User, ben: User, dana: User, cleo: User) -> None:
    for user, role in ((ada, "owner"), (ben, "editor"), (dana, "commenter"), (cleo, "viewer")):
        visitor = await visit(user, plain=True)
        assert await visitor.next() == ("hello", 1, 1, role)


async def test_a_client_of_another_epoch_is_told_the_present_one_and_sent_away(
    visit: Visit, ada: User, handshake: Note
) -> None:
    visitor = await visit(ada, epoch=handshake.epoch + 1, plain=True)
    assert await visitor.next() == ("hello", 1, 1, "owner")
    await turned_away(visitor, Close.OTHER_EPOCH, 409)


@pytest.mark.parametrize("number", ["-1", "1.5", "x", "٣", str(MAX_CLIENT_ID + 1), "9" * 5_000])
@pytest.mark.parametrize("name", ["client", "epoch", "said", "wait"])
async def test_a_query_that_is_no_number_is_refused(
    rooms: Registry, handshake: Note, ada: User, name: str, number: str
) -> None:
    query: dict[str, Any] = {name: number}
    answer = await Request(path_of(handshake), await sign_in(ada), line=new_line(), **query).answer()
    assert (answer.status, answer.messages) == (400, [("closing", Close.BAD_FRAME)])


@pytest.mark.parametrize("line", ["", "short", "x" * 33, "UPPERCASE-LETTERS"])
async def test_a_line_has_a_name_that_others_do_not_guess(
    rooms: Registry, handshake: Note, ada: User, line: str
) -> None:
    assert (await Request(path_of(handshake), await sign_in(ada), line=line).answer()).status == 400


@pytest.mark.parametrize("heard", ["x", "x.y", "a.1,", ",".join(f"a{n}.1" for n in range(9))])
async def test_what_was_heard_is_read_strictly(rooms: Registry, handshake: Note, ada: User, heard: str) -> None:
    assert (await Request(path_of(handshake), await sign_in(ada), line=new_line(), heard=heard).answer()).status == 400


async def test_a_line_is_its_session_s_own(visit: Visit, ada: User, cleo: User, handshake: Note) -> None:
    """Who knows the name of somebody's line is not told what it is told, and does not speak in its name."""
    line = new_line()
    hers = await visit(ada, plain=True, line=line)
    await hers.hears("step 1")
    answer = await Request(path_of(handshake), await sign_in(cleo), line=line).answer()
    assert answer.messages[0] == ("hello", 1, 1, "viewer")


async def test_somebody_else_s_client_id_cannot_be_brought(visit: Visit, sit: Sit, ada: User, ben: User) -> None:
    typist = await sit(ada)
    await turned_away(await visit(ben, client=typist.writer.client_id, plain=True), Close.BAD_FRAME, 400)


async def test_a_line_counts_as_a_socket_of_its_user(visit: Visit, rooms: Registry, ada: User, ben: User) -> None:
    rooms.limits = replace(rooms.limits, sockets_per_user=2)
    first, second = await visit(ada), await visit(ada, plain=True)
    await turned_away(await visit(ada, plain=True), Close.TOO_MANY, 429)
    assert (await (await visit(ben, plain=True)).next())[0] == "hello"
    await second.leave()
    assert (await (await visit(ada, plain=True)).next())[0] == "hello"
    assert (await first.next())[0] == "hello"


async def test_a_line_counts_as_a_member_of_its_note(visit: Visit, rooms: Registry, ada: User, ben: User) -> None:
    rooms.limits = replace(rooms.limits, members_per_note=1)
    first = await visit(ada, plain=True)
    await turned_away(await visit(ben, plain=True), Close.TOO_MANY, 429)
    await first.leave()
    assert (await (await visit(ben)).next())[0] == "hello"
