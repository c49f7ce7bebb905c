"""Accounts by their pages: made, entered, left; a forgotten password; the profile."""

import re

import pytest
from django.core import mail
from django.test import Client

from core.accounts.models import COLOURS, User

PASSWORD = "three-segments-are-enough"


@pytest.fixture
def as_ada(client: Client, ada: User) -> Client:
    ada.set_password(PASSWORD)
    ada.save()
    client.force_login(ada)
    return client


@pytest.mark.parametrize(
    "url",
    [
        "login",
        "signup",
        "password/reset",
        "password/reset/done",
        "password/reset/key/x-y",
        "inactive",
        "confirm-email",
        "confirm-email/nothing",
    ],
)
def test_each_page_at_the_door_opens(url: str, client: Client, db: None) -> None:
    answer = client.get(f"/accounts/{url}/")
    assert answer.status_code == 200
    assert 'class="book"' in answer.content.decode()


@pytest.mark.parametrize("url", ["email", "password/change", "logout", "profile"])
def test_each_page_of_ones_own_opens(url: str, as_ada: Client) -> None:
    answer = as_ada.get(f"/accounts/{url}/")
    assert answer.status_code == 200
    assert 'id="sidebar"' in answer.content.decode()


def test_an_account_is_made_and_its_owner_stands_where_they_wanted_to_go(client: Client, db: None) -> None:
    form = {"display_name": "Farah Haddad", "email": "farah@example.org", "password1": PASSWORD, "next": "/removed"}
    answer = client.post("/accounts/signup/", form)
    assert answer["Location"] == "/removed"
    user = User.objects.get(email="farah@example.org")
    assert str(user) == "Farah Haddad"
    assert client.get("/").status_code == 200


def test_eight_who_come_after_each_other_have_eight_inks(db: None) -> None:
    for number in range(COLOURS):
        form = {"display_name": "Farah", "email": f"farah{number}@example.org", "password1": PASSWORD}
        Client().post("/accounts/signup/", form)
    assert len(set(User.objects.values_list("colour", flat=True))) == COLOURS


@pytest.mark.parametrize(("typed", "kept"), [("Farah \n\t Haddad\x1b", "Farah Haddad"), ("\x1b", None)])
def test_a_name_is_one_clean_line_from_the_beginning(typed: str, kept: str | None, client: Client, db: None) -> None:
    form = {"display_name": typed, "email": "farah@example.org", "password1": PASSWORD}
    client.post("/accounts/signup/", form)
    assert list(User.objects.values_list("display_name", flat=True)) == ([kept] if kept else [])


def test_a_weak_password_is_explained_at_its_field(client: Client, db: None) -> None:
    form = {"display_name": "Farah", "email": "farah@example.org", "password1": "12345"}
    page = client.post("/accounts/signup/", form).content.decode()
    assert "too short" in page
    assert 'value="farah@example.org"' in page
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("84719384650", "This password is all digits."),
        ("password1", "This password is too common"),
        ("farah@example", "This password is too much like your name or your address."),
    ],
)
def test_a_bad_password_is_refused_in_our_words(password: str, words: str, client: Client, db: None) -> None:
    form = {"display_name": "Farah", "email": "farah@example.org", "password1": password}
    assert words in client.post("/accounts/signup/", form).content.decode()


@pytest.mark.parametrize("url", ["login", "signup", "password/reset"])
def test_e_mail_is_spelt_one_way(url: str, client: Client, db: None) -> None:
    page = client.post(f"/accounts/{url}/", {"email": "nobody", "login": "nobody"}).content.decode()
    assert ">E-mail</label>" in page
    assert "This is not an e-mail address." in page
    assert not re.search(r"\bemail\b", re.sub(r"<[^>]+>", "", page), re.IGNORECASE)


@pytest.mark.usefixtures("as_ada")
def test_one_signs_in_by_address_and_password() -> None:
    client = Client()
    assert client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})["Location"] == "/"


@pytest.mark.usefixtures("as_ada")
def test_a_wrong_password_is_refused_without_saying_what_is_wrong() -> None:
    page = Client().post("/accounts/login/", {"login": "ada@example.org", "password": "wrong"}).content.decode()
    assert 'role="alert"' in page


def test_one_signs_out(as_ada: Client) -> None:
    as_ada.post("/accounts/logout/")
    assert as_ada.get("/").status_code == 302


def test_a_forgotten_password_is_set_anew_by_mail(as_ada: Client) -> None:
    as_ada.logout()
    as_ada.post("/accounts/password/reset/", {"email": "ada@example.org"})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    answer = as_ada.get(link[1], follow=True)
    form = answer.redirect_chain[-1][0]
    new = "the-window-sets-the-pace"
    answer = as_ada.post(form, {"password1": new, "password2": new}, follow=True)
    assert "The new password holds" in answer.content.decode()
    assert Client().post("/accounts/login/", {"login": "ada@example.org", "password": new}).status_code == 302


def test_a_second_address_is_confirmed_by_mail(as_ada: Client) -> None:
    page = as_ada.post("/accounts/email/", {"email": "lindqvist@example.org", "action_add": ""}, follow=True)
    assert "A link to confirm your address is on its way to lindqvist@example.org." in page.content.decode()
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    assert link
    assert mail.outbox[-1].subject == "Is this your address?"
    assert "Is this your address?" in as_ada.get(link[1]).content.decode()
    assert "lindqvist@example.org is confirmed." in as_ada.post(link[1], follow=True).content.decode()


def test_name_ink_and_theme_are_chosen(as_ada: Client, ada: User) -> None:
    form = {"display_name": "Ada L.", "colour": "5", "theme": "ink"}
    answer = as_ada.post("/accounts/profile/", form, follow=True)
    ada.refresh_from_db()
    assert (ada.display_name, ada.colour) == ("Ada L.", 5)
    assert 'data-theme="ink"' in answer.content.decode()


def test_the_theme_follows_the_system_again(as_ada: Client) -> None:
    as_ada.cookies["theme"] = "ink"
    page = as_ada.post("/accounts/profile/", {"display_name": "Ada", "colour": "5", "theme": "system"}, follow=True)
    assert "data-theme" not in page.content.decode().partition(">")[0] + page.content.decode().partition("<head")[0]


@pytest.mark.parametrize("bad", [{"display_name": " "}, {"colour": "9"}, {"theme": "neon"}], ids=str)
def test_a_profile_that_cannot_be_is_refused(bad: dict[str, str], as_ada: Client, ada: User) -> None:
    answer = as_ada.post("/accounts/profile/", {"display_name": "Ada L.", "colour": "5", "theme": "ink", **bad})
    assert answer.status_code == 422
    ada.refresh_from_db()
    assert str(ada) == "Ada"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_is_none_leads_nowhere(method: str, client: Client, ada: User) -> None:
    ada.set_password("three-segments-are-enough")
    ada.save()
    said = {"login": ada.email, "password": "three-segments-are-enough", "next": "http://["}
    answer = getattr(client, method)("/accounts/login/?next=http://[", said)
    assert answer.status_code == (200 if method == "get" else 302)
