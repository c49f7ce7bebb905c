"""Who is in a note, and where: the server's word, not the client's."""

import json

from core.accounts.models import User
from notes.models import Note
from realtime.closing import Close
from realtime.presence import LEFT
from realtime.registry import Registry
from realtime.tests.client import Socket, until
from realtime.tests.conftest import Sit, Visit


async def shown(socket: Socket, client_id: int) -> dict[str, object] | None:
    """Waits until something is shown of this client id. None: it left."""
    while True:
        (_, clients) = await socket.hears("awareness")
        if client_id in clients:
            _, state = clients[client_id]
            return None if state == LEFT else dict(json.loads(state))


def cursor(client_id: int, clock: int) -> dict[str, object]:
    end = {"type": None, "tname": "content", "item": {"client": client_id, "clock": clock}, "assoc": 0}
    return {"anchor": end, "head": end}


async def test_a_cursor_is_shown_with_the_name_of_the_session(visit: Visit, sit: Sit, ada: User, ben: User) -> None:
    reader, moving = await visit(ada), await sit(ben)
    where = cursor(moving.writer.client_id, 3)
    await moving.move(moving.writer.client_id, json.dumps({"cursor": where}))
    user = {"id": ben.public_id, "name": "Ben", "colour": ben.colour}
    assert await shown(reader, moving.writer.client_id) == {"user": user, "cursor": where}


async def test_a_forged_name_is_overwritten(visit: Visit, sit: Sit, ada: User, ben: User, cleo: User) -> None:
    reader, forger = await visit(ada), await sit(cleo)
    forged = {"user": {"id": ben.public_id, "name": "Ben", "colour": 1}, "cursor": None, "extra": "x"}
    await forger.move(forger.writer.client_id, json.dumps(forged))
    state = await shown(reader, forger.writer.client_id)
    assert state == {"user": {"id": cleo.public_id, "name": "Cleo", "colour": cleo.colour}, "cursor": None}


async def test_nobody_moves_or_removes_another(visit: Visit, sit: Sit, ada: User, ben: User, cleo: User) -> None:
    reader, moving, forger = await visit(ada), await sit(ben), await sit(cleo)
    await moving.move(moving.writer.client_id)
    before = await shown(reader, moving.writer.client_id)
    await forger.move(moving.writer.client_id, json.dumps({"cursor": cursor(1, 1)}))
    await forger.move(moving.writer.client_id, LEFT)
    await forger.move(forger.writer.client_id)
    (_, clients) = await reader.hears("awareness")
    assert list(clients) == [forger.writer.client_id]
    await reader.say(b"\x03")
    assert await shown(reader, moving.writer.client_id) == before


async def test_whoever_comes_is_told_who_is_here(visit: Visit, sit: Sit, ada: User, ben: User) -> None:
    moving, first = await sit(ben), await visit(ada)
    await moving.move(moving.writer.client_id)
    await shown(first, moving.writer.client_id)
    second = await visit(ada)
    state = await shown(second, moving.writer.client_id)
    assert state is not None
    assert state["user"] == {"id": ben.public_id, "name": "Ben", "colour": ben.colour}


async def test_who_leaves_is_gone_for_the_others(visit: Visit, sit: Sit, ada: User, ben: User) -> None:
    reader, moving = await visit(ada), await sit(ben)
    await moving.move(moving.writer.client_id)
    assert await shown(reader, moving.writer.client_id) is not None
    await moving.leave()
    assert await shown(reader, moving.writer.client_id) is None


async def test_who_is_closed_is_gone_for_the_others(visit: Visit, sit: Sit, ada: User, ben: User) -> None:
    reader, moving = await visit(ada), await sit(ben)
    await moving.move(moving.writer.client_id)
    assert await shown(reader, moving.writer.client_id) is not None
    await moving.say(b"\xff")
    assert await moving.closed() == Close.BAD_FRAME
    assert await shown(reader, moving.writer.client_id) is None


async def test_a_cursor_that_cannot_be_encoded_does_not_stop_the_saving(
    visit: Visit, sit: Sit, ada: User, ben: User
) -> None:
    reader, moving = await sit(ada), await sit(ben)
    await moving.move(moving.writer.client_id, '{"cursor":{"anchor":{"tname":"\\ud800"},"head":null}}')
    assert await shown(reader, moving.writer.client_id) is not None
    await moving.types(" Saved.")
    await reader.reads(" Saved.")


async def test_who_has_which_note_open_is_known_to_the_live_pages(
    sit: Sit, rooms: Registry, ada: User, ben: User, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    await his.types(" x")

    def names() -> list[str]:
        return sorted(who.person.name for who in rooms.whereabouts.of([handshake.pk]))

    assert names() == ["Ada", "Ben"]
    await his.leave()
    await until(lambda: names() == ["Ada"], "Ben left")
    await hers.leave()
    await until(lambda: names() == [], "Ada left")
