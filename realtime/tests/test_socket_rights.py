"""Rights are asked again: whatever changes while a note is open changes for those who have it open."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client

from core.accounts.models import User
from core.accounts.services import update_profile
from notes.documents import EMPTY_UPDATE
from notes.models import Membership, Note, Notebook, NoteUpdate, Role
from notes.services import memberships, notebooks, notes
from realtime.closing import Close
from realtime.registry import Registry
from realtime.tests.client import do, sign_in, until
from realtime.tests.conftest import Sit, Visit
from realtime.tests.failing import Faults
from realtime.tests.said import kinds
from realtime.tests.writers import Writer


async def membership_of(user: User, notebook: Notebook) -> Membership:
    return await Membership.objects.select_related("notebook").aget(user=user, notebook=notebook)


async def rows_of(note: Note) -> int:
    return await NoteUpdate.objects.filter(note=note).acount()


@pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])
async def test_who_may_only_read_or_comment_writes_nothing(
    visit: Visit, sit: Sit, ada: User, cleo: User, dana: User, handshake: Note, stock: bool
) -> None:
    reader = await sit(ada)
    for number, user in enumerate((cleo, dana)):
        socket = await visit(user, stock=stock)
        await socket.update(Writer(500 + number).append("not allowed"))
        if stock:
            assert await socket.closed() == Close.NOT_ALLOWED
        else:
            assert await socket.hears("refused") == ("refused", 1, "read-only")
    assert await rows_of(handshake) == 1
    await reader.types(".")
    assert "not allowed" not in reader.text


@pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])
async def test_a_reader_s_empty_answer_is_fine(visit: Visit, cleo: User, stock: bool) -> None:
    socket = await visit(cleo, stock=stock)
    await socket.update(EMPTY_UPDATE)
    assert "refused" not in kinds(await socket.heard_so_far())


async def test_who_is_made_a_reader_is_told_and_writes_no_more(
    sit: Sit, ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    his = await sit(ben)
    await his.types(" Before.")
    await do(memberships.change_role, ada, await membership_of(ben, course), role=Role.VIEWER)
    assert await his.hears("access") == ("access", "viewer")
    await his.update(his.writer.append(" After."))
    assert await his.hears("refused") == ("refused", 2, "read-only")
    assert await rows_of(handshake) == 2


async def test_who_is_made_an_editor_is_told_and_writes(sit: Sit, ada: User, cleo: User, course: Notebook) -> None:
    hers = await sit(cleo)
    await do(memberships.change_role, ada, await membership_of(cleo, course), role=Role.EDITOR)
    assert await hers.hears("access") == ("access", "editor")
    await hers.types(" Allowed.")


async def test_who_is_removed_is_sent_away_and_comes_back_to_nothing(
    visit: Visit, ada: User, ben: User, course: Notebook
) -> None:
    socket = await visit(ben)
    await socket.hears("step 1")
    await do(memberships.remove, ada, await membership_of(ben, course))
    assert await socket.closed() == Close.NOT_ALLOWED
    assert await (await visit(ben)).closed() == Close.NOT_FOUND


async def test_a_right_that_is_lost_unheard_is_noticed_by_the_commit(
    sit: Sit, visit: Visit, ada: User, ben: User, handshake: Note, course: Notebook
) -> None:
    """The change comes past all that would tell: as if the word of another process were lost."""
    his, hers = await sit(ben), await sit(ada)
    await Membership.objects.filter(user=ben, notebook=course).aupdate(role=Role.VIEWER)
    await Note.objects.filter(pk=handshake.pk).aupdate(access_epoch=F("access_epoch") + 1)
    await his.update(his.writer.append(" Too late."))
    assert await his.hears("refused") == ("refused", 1, "read-only")
    assert await his.hears("access") == ("access", "viewer")
    await hers.types(" In time.")
    assert "Too late" not in hers.text


async def test_who_signs_out_is_sent_away_from_this_session_only(visit: Visit, sit: Sit, ben: User) -> None:
    session = await sign_in(ben)
    here, elsewhere = await visit(None, session=session), await sit(ben)
    await here.hears("step 1")
    await do(_sign_out, session)
    assert await here.closed() == Close.SIGNED_OUT
    await elsewhere.types(" Still here.")


def _sign_out(session: str) -> None:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    browser.logout()


async def test_who_is_removed_while_the_note_is_loaded_for_them_does_not_come_in(
    visit: Visit, rooms: Registry, ada: User, ben: User, cleo: User, course: Notebook
) -> None:
    """Their rights have been looked at, and they are no members yet who could be asked again."""
    faults = Faults(rooms)
    faults.may_load.clear()
    his, hers = await visit(ben), await visit(cleo)
    await until(lambda: faults.loads == 1, "both wait for the note")
    await do(memberships.remove, ada, await membership_of(ben, course))
    cleo.set_password("another password")
    await do(cleo.save)
    faults.may_load.set()
    assert await his.closed() == Close.NOT_ALLOWED
    assert await hers.closed() == Close.SIGNED_OUT


async def test_a_new_password_ends_every_session(visit: Visit, ben: User) -> None:
    first, second = await visit(ben), await visit(ben)
    await first.hears("step 1")
    ben.set_password("another password")
    await do(ben.save)
    assert await first.closed() == await second.closed() == Close.SIGNED_OUT


async def test_a_disabled_account_is_sent_away(visit: Visit, ben: User) -> None:
    socket = await visit(ben)
    await socket.hears("step 1")
    ben.is_active = False
    await do(ben.save)
    assert await socket.closed() == Close.SIGNED_OUT


async def test_an_expired_session_is_noticed_when_everybody_is_asked(visit: Visit, rooms: Registry, ben: User) -> None:
    session = await sign_in(ben)
    socket = await visit(None, session=session)
    await socket.hears("step 1")
    await Session.objects.filter(session_key=session).aupdate(expire_date="2001-01-01T00:00:00Z")
    await rooms.upkeep._ask_everybody()
    assert await socket.closed() == Close.SIGNED_OUT


async def test_nobody_writes_in_an_archived_note(sit: Sit, visit: Visit, ada: User, handshake: Note) -> None:
    hers = await sit(ada)
    await do(notes.archive, ada, handshake)
    assert await hers.hears("access") == ("access", "viewer")
    await hers.update(hers.writer.append(" Too late."))
    assert await hers.hears("refused") == ("refused", 1, "read-only")
    assert await (await visit(ada)).next() == ("hello", 1, 1, "viewer")
    await do(notes.unarchive, ada, handshake)
    assert await hers.hears("access") == ("access", "owner")


async def test_archiving_the_notebook_around_a_note_archives_the_note(
    sit: Sit, ada: User, ben: User, course: Notebook
) -> None:
    his = await sit(ben)
    await do(notebooks.archive, ada, course)
    assert await his.hears("access") == ("access", "viewer")


async def test_who_has_a_note_open_that_is_deleted_is_sent_away(
    visit: Visit, ada: User, cleo: User, handshake: Note
) -> None:
    socket = await visit(cleo)
    await socket.hears("step 1")
    await do(notes.delete, ada, handshake)
    assert await socket.closed() == Close.NOT_ALLOWED


async def test_a_new_name_and_colour_are_shown_at_once(visit: Visit, sit: Sit, ada: User, ben: User) -> None:
    reader, moving = await visit(ada), await sit(ben)
    await moving.move(moving.writer.client_id)
    assert '"name":"Ben"' in str(await reader.hears("awareness"))
    await do(update_profile, ben, display_name="Benedict", colour=5)
    (_, shown) = await reader.hears("awareness")
    (_, state) = shown[moving.writer.client_id]
    assert '"name":"Benedict"' in state
    assert '"colour":5' in state
