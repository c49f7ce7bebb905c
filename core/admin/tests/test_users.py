"""Operators find accounts, make them, close them and sign people out; nobody deletes one, and no password is shown."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from core.accounts.events import SessionsEnded
from core.accounts.models import AuditEntry, Deed, User
from core.admin.tests.conftest import SignIn
from notes.models import Note, Notebook

LIST = "/admin/accounts/user/"

type Heard = Callable[[type], list[Any]]


def act(client: Client, action: str, *users: User) -> str:
    """The page that says how it went."""
    form = {"action": action, "_selected_action": [user.pk for user in users]}
    return client.post(LIST, form, follow=True).content.decode()


def change(client: Client, user: User, **fields: Any) -> str:
    """Saves the form of an account; what is not said stays."""
    now = {"display_name": user.display_name, "colour": user.colour}
    flags = {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)}
    form = {name: value for name, value in {**now, **flags, **fields}.items() if value}
    return client.post(f"{LIST}{user.pk}/change/", form, follow=True).content.decode()


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def test_accounts_are_found_by_name_and_address(operator: Client, ada: User) -> None:
    for words in ("Ada", "ada@"):
        page = operator.get(LIST, {"q": words}).content.decode()
        assert "ada@example.org" in page
        assert "root@example.org</a>" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"is_active__exact": "0"}, ["ben"]),
        ({"is_staff__exact": "1"}, ["root"]),
        ({"date_joined__gte": "2030-01-01 00:00:00+00:00"}, ["cleo"]),
        ({"last_login__gte": "2030-01-01 00:00:00+00:00"}, ["dana"]),
    ],
)
def test_accounts_are_filtered(
    operator: Client, ada: User, ben: User, cleo: User, dana: User, query: dict[str, str], found: list[str]
) -> None:
    later = timezone.now().replace(year=2031)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    User.objects.filter(pk=cleo.pk).update(date_joined=later)
    User.objects.filter(pk=dana.pk).update(last_login=later)
    page = operator.get(LIST, query).content.decode()
    assert re.findall(r">(\w+)@example.org</a>", page) == found


def test_an_account_shows_how_much_is_its_own(operator: Client, ada: User, handshake: Note) -> None:
    page = operator.get(f"{LIST}{ada.pk}/change/").content.decode()
    assert re.search(r"Member of:.*?readonly\">1<", page, re.DOTALL)
    assert re.search(r"Notes begun:.*?readonly\">1<", page, re.DOTALL)


def test_an_account_is_made_with_a_clean_address_and_its_owner_is_sent_a_link(operator: Client) -> None:
    said = {"email": "Ben@Example.ORG", "display_name": " Ben \n Okafor "}
    assert operator.post(f"{LIST}add/", said).status_code == 302
    ben = User.objects.get(email="ben@example.org")
    assert ben.display_name == "Ben Okafor"
    assert not ben.has_usable_password()
    assert "already exists" in operator.post(f"{LIST}add/", said).content.decode()


@pytest.mark.django_db(transaction=True)
def test_who_was_made_an_account_comes_in_by_the_link(operator: Client) -> None:
    operator.post(f"{LIST}add/", {"email": "ben@example.org", "display_name": "Ben"})
    (message,) = mail.outbox
    assert message.to == ["ben@example.org"]
    link = re.search(r"http://testserver(/\S+)", str(message.body))
    assert link
    his, phrase = Client(), "another long pass phrase"
    form = his.get(link[1], follow=True).redirect_chain[-1][0]
    his.post(form, {"password1": phrase, "password2": phrase})
    his.post("/accounts/login/", {"login": "ben@example.org", "password": phrase})
    assert is_in(his)


def test_a_password_is_neither_shown_nor_set_nor_searched(operator: Client, ada: User) -> None:
    ada.set_password("a long enough pass phrase")
    ada.save()
    page = operator.get(f"{LIST}{ada.pk}/change/").content.decode()
    assert "password" not in re.sub(r"(?s)<header.*?</header>", "", page).lower()
    operator.post(f"{LIST}{ada.pk}/password/", {"password1": "mine now, mine now", "password2": "mine now, mine now"})
    change(operator, ada, password="pbkdf2")
    ada.refresh_from_db()
    assert ada.check_password("a long enough pass phrase")
    assert operator.get(LIST, {"password__startswith": "a"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_deactivating_ends_every_session_and_tells_the_sockets(
    operator: Client, ada: User, sign_in: SignIn, heard: Heard
) -> None:
    hers, told = sign_in(ada), heard(SessionsEnded)
    assert is_in(hers)
    assert "1 deactivated." in act(operator, "deactivate", ada)
    assert not is_in(hers)
    assert SessionsEnded(user_id=ada.pk) in told


def test_who_is_reactivated_signs_in_anew(operator: Client, ada: User, sign_in: SignIn) -> None:
    hers = sign_in(ada)
    act(operator, "deactivate", ada)
    act(operator, "reactivate", ada)
    ada.refresh_from_db()
    assert ada.is_active
    assert not is_in(hers)
    assert is_in(sign_in(ada))


def test_an_account_is_closed_and_opened_in_its_form_too(operator: Client, ada: User) -> None:
    for active in (False, True):
        change(operator, ada, is_active="on" if active else "", display_name="Ada L.")
        ada.refresh_from_db()
        assert (ada.is_active, ada.display_name, ada.email) == (active, "Ada L.", "ada@example.org")
    deeds = list(AuditEntry.objects.filter(about=ada).order_by("pk").values_list("deed", flat=True))
    assert deeds == [Deed.ACCOUNT_CLOSED, Deed.ACCOUNT_REOPENED]


@pytest.mark.django_db(transaction=True)
def test_all_sessions_of_somebody_are_ended(
    operator: Client, ada: User, ben: User, sign_in: SignIn, heard: Heard
) -> None:
    hers, her_phone, his = sign_in(ada), sign_in(ada), sign_in(ben)
    told = heard(SessionsEnded)
    act(operator, "end_sessions", ada)
    assert not is_in(hers)
    assert not is_in(her_phone)
    assert is_in(his)
    assert SessionsEnded(user_id=ada.pk) in told
    assert is_in(sign_in(User.objects.get(pk=ada.pk)))


def test_a_password_reset_is_sent(operator: Client, ada: User, ben: User) -> None:
    act(operator, "deactivate", ben)
    page = act(operator, "send_reset", ada, ben)
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert "1 sent a link." in page
    assert "The account of Ben is deactivated." in page


def test_nobody_locks_themselves_out(operator: Client, root: User) -> None:
    assert "You cannot deactivate your own account." in act(operator, "deactivate", root)
    operator.post(f"{LIST}{root.pk}/change/", {"display_name": "Root R.", "colour": 1})
    root.refresh_from_db()
    assert (root.display_name, root.is_active, root.is_staff, root.is_superuser) == ("Root R.", True, True, True)


def test_superusers_give_and_take_rank(operator: Client, ada: User) -> None:
    change(operator, ada, is_staff="on", is_superuser="on")
    ada.refresh_from_db()
    assert ada.is_superuser
    change(operator, ada, is_superuser="")
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser) == (True, False)


def test_who_is_no_superuser_gives_no_rank(otto: User, ada: User, sign_in: SignIn) -> None:
    change(sign_in(otto), ada, is_staff="on", is_superuser="on", display_name="Ada L.")
    ada.refresh_from_db()
    assert (ada.display_name, ada.is_staff, ada.is_superuser) == ("Ada L.", False, False)


def test_who_is_no_superuser_does_nothing_to_one(otto: User, root: User, sign_in: SignIn) -> None:
    client = sign_in(otto)
    for action in ("deactivate", "end_sessions", "send_reset", "remove_second_factor"):
        assert "Only superusers change the account of a superuser." in act(client, action, root)
    assert client.post(f"{LIST}{root.pk}/change/", {"display_name": "R", "colour": 1}).status_code == 403
    assert mail.outbox == []
    root.refresh_from_db()
    assert (root.is_active, root.session_era) == (True, 0)


def test_who_is_no_superuser_changes_no_groups_and_no_addresses(otto: User, sign_in: SignIn) -> None:
    for page in ("/admin/auth/group/add/", "/admin/account/emailaddress/add/"):
        assert sign_in(otto).get(page).status_code == 403


def test_nobody_is_deleted(operator: Client, ada: User) -> None:
    assert operator.post(f"{LIST}{ada.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in operator.get(LIST).content.decode()


def test_the_seeds_of_codes_have_no_page(operator: Client) -> None:
    assert operator.get("/admin/mfa/authenticator/").status_code == 404


def test_lists_do_not_ask_for_each_account(
    operator: Client, course: Notebook, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_max_num_queries(7):
        assert operator.get(LIST).status_code == 200


def test_another_first_address_is_where_links_go(operator: Client, ada: User) -> None:
    first = EmailAddress.objects.create(user=ada, email=ada.email, primary=True, verified=True)
    form = {"user": ada.pk, "email": "Ada.New@example.org", "primary": "on", "verified": "on"}
    page = f"/admin/account/emailaddress/{first.pk}/"
    assert operator.post(f"{page}change/", form).status_code == 302
    act(operator, "send_reset", ada)
    assert mail.outbox[-1].to == ["ada.new@example.org"]
    assert operator.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    second = operator.post("/admin/account/emailaddress/add/", {**form, "email": "ada.third@example.org"})
    assert second.status_code == 302
    ada.refresh_from_db()
    assert ada.email == "ada.third@example.org"
    assert list(EmailAddress.objects.filter(user=ada, primary=True).values_list("email", flat=True)) == [ada.email]


def test_an_address_of_somebody_else_is_not_given(operator: Client, ada: User, ben: User) -> None:
    form = {"user": ada.pk, "email": ben.email.upper(), "primary": "on", "verified": "on"}
    answer = operator.post("/admin/account/emailaddress/add/", form)
    assert "There is an account with this address already." in answer.content.decode()
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
