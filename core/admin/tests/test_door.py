"""The admin's door is the site's own; with ADMIN_MFA it opens for nobody by a password alone."""

from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from core.accounts.models import User
from core.accounts.tests.codes import FACTOR, code_of, is_in, prove, recovery_codes, set_up, sign_in
from core.accounts.tests.conftest import PASSWORD
from core.admin.tests.conftest import SignIn

pytestmark = pytest.mark.django_db(transaction=True)

ADMIN = "/admin/"


@pytest.fixture(autouse=True)
def slow_machine(settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = 1


@pytest.fixture
def required(settings: Any) -> None:
    settings.ADMIN_MFA = True


@pytest.fixture
def theirs(root: User) -> Client:
    """Root, signed in by the password."""
    root.set_password(PASSWORD)
    root.save()
    return sign_in(root.email)


def lets_in(client: Client) -> bool:
    return bool(client.get(ADMIN).status_code == 200)


def led_to(client: Client, url: str = ADMIN) -> str:
    """Where a visitor to the admin ends."""
    return str(client.get(url, follow=True).redirect_chain[-1][0])


def test_strangers_are_sent_to_the_door_with_a_limit_on_tries_and_come_back(db: None) -> None:
    assert led_to(Client(), "/admin/notes/note/") == "/accounts/login/?next=/admin/notes/note/"
    assert Client().get("/admin/login/").headers["Location"] == "/accounts/login/?next=/admin/"


def test_the_admin_takes_no_password_itself(root: User) -> None:
    root.set_password(PASSWORD)
    root.save()
    client = Client()
    client.post("/admin/login/?next=/admin/", {"username": root.email, "password": PASSWORD})
    assert not is_in(client)


def test_nobody_is_sent_to_another_site(db: None) -> None:
    answer = Client().get("/admin/login/", {"next": "https://elsewhere.example.org/"})
    assert answer.headers["Location"] == "/accounts/login/?next=/admin/"


def test_who_runs_nothing_here_does_not_come_in(ada: User, sign_in: SignIn) -> None:
    assert sign_in(ada).get(ADMIN, follow=True).status_code == 403


def test_where_it_is_not_required_a_password_suffices(theirs: Client) -> None:
    assert lets_in(theirs)


def test_who_has_no_second_factor_is_led_to_set_one_up(required: None, theirs: Client) -> None:
    prove(theirs)
    assert led_to(theirs) == f"{FACTOR}totp/activate/"
    assert "The admin asks for a second factor." in theirs.get(ADMIN, follow=True).content.decode()
    assert not lets_in(theirs)
    set_up(theirs)
    assert lets_in(theirs)


@pytest.mark.parametrize("path", ["rooms/", "limits/", "accounts/user/", "notes/note/", "jsi18n/", "autocomplete/"])
def test_no_page_of_it_opens_without(required: None, theirs: Client, path: str) -> None:
    assert theirs.get(f"{ADMIN}{path}").status_code == 302


def test_nothing_is_changed_without(required: None, theirs: Client, ada: User) -> None:
    theirs.post("/admin/accounts/user/", {"action": "deactivate", "_selected_action": [ada.pk]})
    ada.refresh_from_db()
    assert ada.is_active


def test_who_signs_in_with_a_code_is_let_in(required: None, root: User, theirs: Client) -> None:
    seed = set_up(theirs)
    cache.clear()
    assert not lets_in(sign_in(root.email))
    assert lets_in(sign_in(root.email, code=code_of(seed)))


def test_whoever_was_in_by_the_password_is_out_when_there_is_a_second_factor(
    required: None, root: User, theirs: Client
) -> None:
    """Or a thief would read the recovery codes, for which the password is asked again, and come in by one."""
    earlier = sign_in(root.email)
    set_up(theirs)
    prove(earlier)
    assert earlier.get(f"{FACTOR}recovery-codes/").status_code == 302
    assert earlier.post(f"{FACTOR}totp/deactivate/").status_code == 302
    assert led_to(earlier) == "/accounts/login/?next=/admin/"
    assert lets_in(theirs)


def test_a_wrong_code_does_not_let_in(required: None, root: User, theirs: Client) -> None:
    set_up(theirs)
    assert not lets_in(sign_in(root.email, code="000000"))
    assert lets_in(sign_in(root.email, code=recovery_codes(theirs)[0]))


def test_who_turns_it_off_is_outside_again(required: None, theirs: Client) -> None:
    set_up(theirs)
    theirs.post(f"{FACTOR}totp/deactivate/")
    assert not lets_in(theirs)


def test_an_operator_helps_who_lost_theirs(root: User, ada: User, operator: Client) -> None:
    ada.set_password(PASSWORD)
    ada.save()
    hers = sign_in(ada.email)
    set_up(hers)
    cache.clear()
    assert not is_in(sign_in(ada.email))
    operator.post("/admin/accounts/user/", {"action": "remove_second_factor", "_selected_action": [ada.pk]})
    assert not is_in(hers)
    assert is_in(sign_in(ada.email))


def test_ones_own_password_is_changed_at_the_site_s_own_page(theirs: Client) -> None:
    assert theirs.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"


def test_the_last_operator_gets_help_at_the_console(required: None, root: User, theirs: Client) -> None:
    set_up(theirs)
    cache.clear()
    assert not is_in(sign_in(root.email))
    call_command("remove_second_factor", "Root@example.org")
    assert not is_in(theirs)
    assert is_in(sign_in(root.email))
    for address, words in ((root.email, "has no second factor"), ("nobody@example.org", "no account")):
        with pytest.raises(CommandError, match=words):
            call_command("remove_second_factor", address)
