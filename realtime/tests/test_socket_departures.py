"""Somebody deletes their account while notes are open: theirs close, and nobody else is disturbed."""

from core.accounts.models import User
from notes.models import Note, Notebook
from notes.services import departures
from realtime.closing import Close
from realtime.tests.client import do
from realtime.tests.conftest import Sit, Visit


async def test_their_sockets_close_and_the_others_write_on(
    sit: Sit, ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    await his.types(" His words.")
    await do(departures.depart, ben, heirs={})
    assert await his.closed() == Close.SIGNED_OUT
    await hers.types(" Hers.")
    text = (await sit(ada)).text
    assert (text.count(" His words."), text.count(" Hers.")) == (1, 1)


async def test_who_has_an_erased_note_open_is_told_that_it_is_gone(
    sit: Sit, visit: Visit, ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    his = await sit(ben)
    await his.types(" His words.")
    await do(departures.depart, ada, heirs={course.pk: None})
    assert await his.closed() == Close.NOT_ALLOWED
    assert await (await visit(ben)).closed() == Close.NOT_FOUND


async def test_the_heir_may_do_more_from_now_on(
    sit: Sit, ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    his = await sit(ben)
    await do(departures.depart, ada, heirs={course.pk: ben})
    assert await his.hears("access") == ("access", "owner")
    await his.types(" Mine now.")
