"""Whatever ends a session is told, so that sockets can be asked again; and only then."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from core.accounts.events import SessionsEnded
from core.accounts.models import User
from core.lib.events import subscribe

pytestmark = pytest.mark.django_db(transaction=True)

type Heard = Callable[[type], list[Any]]


@pytest.fixture
def signed_in(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_signing_out(ada: User, signed_in: Client, heard: Heard) -> None:
    told = heard(SessionsEnded)
    signed_in.logout()
    assert told == [SessionsEnded(user_id=ada.pk)]


def test_it_is_told_when_the_session_is_gone(signed_in: Client) -> None:
    left: list[int] = []
    end = subscribe(SessionsEnded, lambda event: left.append(Session.objects.count()))
    try:
        signed_in.logout()
    finally:
        end()
    assert left == [0]


def test_signing_out_by_the_page(ada: User, signed_in: Client, heard: Heard) -> None:
    told = heard(SessionsEnded)
    signed_in.post("/accounts/logout/")
    assert told == [SessionsEnded(user_id=ada.pk)]
    assert not Session.objects.exists()


def test_a_new_password(ada: User, heard: Heard) -> None:
    told = heard(SessionsEnded)
    ada.set_password("another pass phrase")
    ada.save()
    assert told == [SessionsEnded(user_id=ada.pk)]


def test_an_account_that_is_closed(ada: User, heard: Heard) -> None:
    told = heard(SessionsEnded)
    ada.is_active = False
    ada.save(update_fields=["is_active"])
    assert told == [SessionsEnded(user_id=ada.pk)]


def test_an_account_that_is_deleted(ada: User, heard: Heard) -> None:
    told, key = heard(SessionsEnded), ada.pk
    ada.delete()
    assert told == [SessionsEnded(user_id=key)]


def test_sessions_that_are_cleared_away(ada: User, signed_in: Client, heard: Heard) -> None:
    Session.objects.update(expire_date=timezone.now())
    told = heard(SessionsEnded)
    call_command("clearsessions")
    assert told == [SessionsEnded(user_id=ada.pk)]


def test_other_changes_end_nothing(ada: User, signed_in: Client, heard: Heard) -> None:
    told = heard(SessionsEnded)
    ada.display_name = "Ada"
    ada.save()
    ada.last_login = timezone.now()
    ada.save(update_fields=["last_login"])
    User.objects.create_user("ben@example.org", display_name="Ben")
    Client().get("/accounts/login/")
    assert told == []
