"""A request knows an account as it was when it began. Whatever was done to the account meanwhile stays."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied

from core.accounts import standing
from core.accounts.models import AuditEntry, User
from core.accounts.services import NAMELESS, make_nameless, update_profile
from core.lib.errors import Invalid, NotAllowed

pytestmark = pytest.mark.django_db

PHRASE = "another long enough pass phrase"

type Deed = Callable[[User], Any]


def columns(user: User) -> dict[str, Any]:
    return dict(User.objects.filter(pk=user.pk).values()[0])


def as_it_was(user: User) -> User:
    found: User = User.objects.get(pk=user.pk)
    return found


@pytest.fixture
def staff(ada: User) -> User:
    User.objects.create_superuser("root@example.org", display_name="Root")
    return standing.set_rank(None, ada, staff=True, superuser=True)


def demote(user: User) -> User:
    return standing.set_rank(None, user, staff=False, superuser=False)


def close(user: User) -> User:
    return standing.close_account(None, user)


def end_sessions(user: User) -> User:
    return standing.end_sessions(None, user)


@pytest.mark.parametrize("deed", [demote, end_sessions])
def test_a_new_password_changes_nothing_else(deed: Deed, staff: User) -> None:
    earlier = as_it_was(staff)
    deed(staff)
    before = columns(staff)
    get_adapter().set_password(earlier, PHRASE)
    assert {**columns(staff), "password": ""} == {**before, "password": ""}
    assert as_it_was(staff).check_password(PHRASE)
    assert earlier.get_session_auth_hash() == as_it_was(staff).get_session_auth_hash()


@pytest.mark.parametrize("deed", [close, make_nameless])
def test_a_new_password_opens_no_closed_account(deed: Deed, staff: User) -> None:
    earlier = as_it_was(staff)
    deed(staff)
    before = columns(staff)
    with pytest.raises(PermissionDenied):
        get_adapter().set_password(earlier, PHRASE)
    assert columns(staff) == before


def test_a_deleted_account_takes_no_name(staff: User) -> None:
    earlier = as_it_was(staff)
    make_nameless(staff)
    with pytest.raises(NotAllowed):
        update_profile(earlier, display_name="Ada again", colour=3)
    assert str(as_it_was(staff)) == NAMELESS


@pytest.mark.parametrize("deed", [standing.reopen_account, standing.end_sessions, standing.may_send_reset])
def test_a_deleted_account_is_opened_by_nobody(deed: Callable[[User | None, User], Any], staff: User) -> None:
    make_nameless(staff)
    with pytest.raises(Invalid, match="deleted by its owner"):
        deed(None, staff)
    assert not as_it_was(staff).is_active


def test_the_last_superuser_stays(ada: User) -> None:
    standing.set_rank(None, ada, staff=True, superuser=True)
    User.objects.create_user("ben@example.org", display_name="Ben")
    with pytest.raises(Invalid, match="Nobody else may make superusers"):
        make_nameless(ada)
    assert as_it_was(ada).is_active


def test_whoever_is_alone_may_go(ada: User) -> None:
    standing.set_rank(None, ada, staff=True, superuser=True)
    make_nameless(ada)
    assert not as_it_was(ada).is_active


def test_the_log_keeps_the_deed_and_not_the_name(staff: User) -> None:
    make_nameless(staff)
    assert not AuditEntry.objects.filter(about_name__contains="ada@example.org").exists()
    assert AuditEntry.objects.filter(about=staff, about_name=NAMELESS).exists()
