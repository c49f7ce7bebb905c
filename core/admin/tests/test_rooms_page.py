"""The page of open rooms tells what is in memory at this moment, here and in the other processes."""

import re
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from websockets.sync.client import connect

from core.accounts.models import User
from core.admin.tests.conftest import SignIn
from core.tests.browser.hands import begin
from core.tests.servers import ADA, PASSWORD, Serve, Server
from core.tests.services import Postgres, wait_until
from notes.models import Note
from realtime.registry import Registry
from realtime.tests.client import until
from realtime.tests.conftest import Sit, client_ids, rooms, sit
from realtime.tests.failing import Faults

__all__ = ["client_ids", "rooms", "sit"]

ROOMS, LIMITS = "/admin/rooms/", "/admin/limits/"


async def shown(client: Client, url: str = ROOMS) -> str:
    page = (await sync_to_async(client.get)(url)).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.split('id="content"')[1]).split())


async def test_with_nothing_open_it_says_so(rooms: Registry, operator: Client) -> None:
    assert "0 open notes, 0 connections." in await shown(operator)


async def test_it_names_the_note_its_members_and_its_place_in_the_log(
    sit: Sit, operator: Client, ada: User, ben: User, handshake: Note
) -> None:
    hers, _ = await sit(ada), await sit(ben)
    await hers.types(" More.")
    page = await shown(operator)
    assert "1 open note, 2 connections." in page
    # Members, unsaved, oldest unsaved, head, epoch, length, slow readers, and what is held for them.
    assert "TCP handshake in Networking open 2: Ada, Ben 0 – 2 1 32 0 0 bytes" in page


async def test_it_tells_how_much_is_not_saved_and_for_how_long(
    sit: Sit, rooms: Registry, operator: Client, ada: User, handshake: Note
) -> None:
    hers = await sit(ada)
    faults = Faults(rooms)
    faults.open.clear()
    await hers.update(hers.writer.append("!"))
    await until(lambda: rooms.rooms[handshake.pk].unsaved == 1, "the update is waiting")
    page = await shown(operator)
    assert re.search(r"open 1: Ada 1 \d+\.\d s 1 1", page), page
    faults.open.set()
    await until(lambda: not rooms.rooms[handshake.pk].busy, "the update is stored")
    assert "open 1: Ada 0 – 2 1" in await shown(operator)


async def test_limits_stand_beside_what_is_used(
    sit: Sit, operator: Client, ada: User, ben: User, settings: Any
) -> None:
    for user in (ada, ada, ben):
        await sit(user)
    page = await shown(operator, LIMITS)
    assert f"SOCKETS_PER_USER {settings.SOCKETS_PER_USER} connections 2 (4 %)" in page
    assert "MEMBERS_PER_NOTE 200 connections 3 (1 %) the fullest note" in page
    assert "NOTE_UNITS 1,000,000 UTF-16 units 26 (0 %)" in page
    assert "ROOMS_PER_PROCESS 5,000 open notes 1 (0 %)" in page


@pytest.mark.django_db
def test_it_is_for_who_may_see_notes(otto: User, sign_in: SignIn) -> None:
    client = sign_in(otto)
    assert ROOMS in client.get("/admin/").content.decode()
    otto.user_permissions.remove(otto.user_permissions.get(codename="view_note"))
    for url in (ROOMS, LIMITS):
        assert sign_in(otto).get(url).status_code == 403
    assert ROOMS not in sign_in(otto).get("/admin/").content.decode()


SUPERUSER = (
    "from core.accounts.models import User;"
    f"User.objects.create_superuser('root@example.org', '{PASSWORD}', display_name='Root')"
)


@pytest.mark.postgres
@pytest.mark.redis
def test_the_other_processes_answer_too(serve: Serve, postgres: Postgres, redis_url: str) -> None:
    one = serve(postgres=postgres, redis_url=redis_url)
    other, idle = (serve(beside=one, redis_url=redis_url) for _ in range(2))
    one.manage("shell", "--no-imports", "-c", SUPERUSER)
    place = begin(one)
    with _open(one, place.note), _open(other, place.note):
        # A process that nobody has opened a note in asks as well as the others, and does not answer itself.
        for asked in (one, other, idle):
            wait_until(partial(_both, asked), "both rooms are on the page", seconds=20)


def _open(server: Server, note: str) -> Any:
    origin: Any = server.url
    url = f"{server.ws_url}/ws{note.rstrip('/')}"
    return connect(url, additional_headers={"Cookie": server.cookie(ADA)}, origin=origin)


def _both(server: Server) -> bool:
    status, page = server.get(ROOMS, "root@example.org")
    assert status == 200
    return page.count("1: Ada Lindqvist") == 2
