"""What changes while a note is open changes for those who come by plain requests too."""

from core.accounts.models import User
from notes.models import Note, Notebook, Role
from notes.services import memberships
from realtime.closing import Close
from realtime.tests.client import do, sign_in
from realtime.tests.conftest import Sit, Visit
from realtime.tests.plain import Plain
from realtime.tests.test_socket_rights import _sign_out, membership_of, rows_of
from realtime.tests.writers import Writer


async def test_who_may_only_read_or_comment_writes_nothing(
    visit: Visit, cleo: User, dana: User, handshake: Note
) -> None:
    for number, user in enumerate((cleo, dana)):
        visitor = await visit(user, plain=True)
        await visitor.update(Writer(500 + number).append("not allowed"))
        assert await visitor.hears("refused") == ("refused", 1, "read-only")
    assert await rows_of(handshake) == 1


async def test_who_is_made_a_reader_is_told_and_writes_no_more(
    sit: Sit, ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    his = await sit(ben, plain=True)
    await his.types(" Before.")
    await do(memberships.change_role, ada, await membership_of(ben, course), role=Role.VIEWER)
    assert await his.hears("access") == ("access", "viewer")
    await his.update(his.writer.append(" After."))
    assert await his.hears("refused") == ("refused", 2, "read-only")
    assert await rows_of(handshake) == 2


async def test_who_is_removed_is_sent_away_while_they_wait_and_comes_back_to_nothing(
    visit: Visit, ada: User, ben: User, course: Notebook
) -> None:
    visitor = await visit(ben, plain=True)
    assert isinstance(visitor, Plain)
    await visitor.hears("step 1")
    listening = visitor.ask(wait=20)
    await do(memberships.remove, ada, await membership_of(ben, course))
    answer = await listening.answer()
    assert (answer.status, answer.messages) == (403, [("closing", Close.NOT_ALLOWED)])
    assert await (await visit(ben, plain=True)).closed() == Close.NOT_FOUND


async def test_who_signs_out_is_sent_away_from_this_session_only(visit: Visit, sit: Sit, ben: User) -> None:
    session = await sign_in(ben)
    here, elsewhere = await visit(None, session=session, plain=True), await sit(ben, plain=True)
    await here.hears("step 1")
    await do(_sign_out, session)
    assert await here.closed() == Close.SIGNED_OUT
    await elsewhere.types(" Still here.")


async def test_a_new_password_ends_every_session(visit: Visit, ben: User) -> None:
    visitor = await visit(ben, plain=True)
    await visitor.hears("step 1")
    ben.set_password("another password")
    await do(ben.save)
    assert await visitor.closed() == Close.SIGNED_OUT
