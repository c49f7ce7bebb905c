"""What an operator does reaches those who have a note open, at once."""

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from core.accounts.models import User
from core.admin.tests.test_notebooks import put
from core.admin.tests.test_users import act
from notes.models import Notebook, Role
from realtime.closing import Close
from realtime.tests.conftest import Sit, Visit, client_ids, rooms, sit, visit

__all__ = ["client_ids", "rooms", "sit", "visit"]


@pytest.mark.parametrize("action", ["deactivate", "end_sessions"])
async def test_who_is_shut_out_is_sent_away_everywhere(visit: Visit, operator: Client, ben: User, action: str) -> None:
    here, elsewhere = await visit(ben), await visit(ben)
    for socket in (here, elsewhere):
        await socket.hears("step 1")
    await sync_to_async(act)(operator, action, ben)
    for socket in (here, elsewhere):
        assert await socket.closed() == Close.SIGNED_OUT


async def test_a_new_role_is_heard(sit: Sit, operator: Client, ben: User, course: Notebook) -> None:
    his = await sit(ben)
    await sync_to_async(put)(operator, course, (ben, Role.VIEWER))
    assert await his.hears("access") == ("access", "viewer")


async def test_who_is_removed_is_sent_away(visit: Visit, operator: Client, ben: User, course: Notebook) -> None:
    socket = await visit(ben)
    await socket.hears("step 1")
    await sync_to_async(put)(operator, course, (ben, None))
    assert await socket.closed() == Close.NOT_ALLOWED
