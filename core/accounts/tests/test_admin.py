"""Operators find accounts, make them and close them; nobody deletes one."""

import pytest
from django.test import Client

from core.accounts.models import User


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", display_name="Root"))
    return client


def test_accounts_are_found_by_name_and_address(operator: Client, ada: User) -> None:
    for words in ("lindqvist", "ada@"):
        page = operator.get("/admin/accounts/user/", {"q": words}).content.decode()
        assert "ada@example.org" in page
        assert "root@example.org</a>" not in page


def test_an_account_is_made_with_a_clean_address(operator: Client) -> None:
    phrase = "another long pass phrase"
    said = {"email": "Ben@Example.ORG", "display_name": "Ben", "password1": phrase, "password2": phrase}
    answer = operator.post("/admin/accounts/user/add/", {**said, "usable_password": "true"})
    assert answer.status_code == 302
    assert User.objects.get(email="ben@example.org").check_password(phrase)
    answer = operator.post("/admin/accounts/user/add/", {**said, "usable_password": "true"})
    assert "already exists" in answer.content.decode()


def test_an_account_is_closed(operator: Client, ada: User) -> None:
    answer = operator.post(f"/admin/accounts/user/{ada.pk}/change/", {"display_name": "Ada", "colour": 2})
    assert answer.status_code == 302
    ada.refresh_from_db()
    assert not ada.is_active
    assert ada.email == "ada@example.org"


def test_nobody_is_deleted(operator: Client, ada: User) -> None:
    assert operator.post(f"/admin/accounts/user/{ada.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in operator.get("/admin/accounts/user/").content.decode()


def test_the_door_is_the_one_with_a_limit_on_tries(db: None) -> None:
    assert Client().get("/admin/login/").headers["Location"].startswith("/accounts/login/")
