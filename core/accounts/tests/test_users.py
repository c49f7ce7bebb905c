"""Accounts: one for each address, whatever its case."""

from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, connection
from django.utils import timezone

from core.accounts.models import User


def test_an_address_is_kept_in_lower_case(db: None) -> None:
    assert User.objects.create_user("Ada@Example.ORG", display_name="Ada").email == "ada@example.org"


def test_an_address_is_needed(db: None) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("", display_name="Ada")


def test_the_database_refuses_the_same_address_in_another_case(ada: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="ADA@example.org", display_name="Other")])


def test_the_database_refuses_a_colour_that_is_none(ada: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=ada.pk).update(colour=9)


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ada Lindqvist", "AL"), ("Ada Maria Lindqvist", "AL"), ("Ada", "AD"), ("", "BY"), ("é", "É")],
)
def test_initials_are_one_or_two_letters(name: str, initials: str) -> None:
    assert User(email="by@example.org", display_name=name).initials == initials


def test_passwords_are_kept_as_hashes(ada: User) -> None:
    assert "pass phrase" not in ada.password
    assert ada.check_password("a long enough pass phrase")


def test_a_session_from_before_there_were_eras_holds(ada: User) -> None:
    assert ada.get_session_auth_hash() == AbstractBaseUser.get_session_auth_hash(ada)
    ada.session_era = 1
    assert ada.get_session_auth_hash() != AbstractBaseUser.get_session_auth_hash(ada)


def test_a_process_that_knows_no_eras_still_makes_accounts(db: None) -> None:
    """As while several processes are replaced one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_user (password, is_superuser, public_id, email, display_name, colour, is_staff,"
            " is_active, date_joined) VALUES ('!', %s, 'old', 'old@example.org', 'Old', 1, %s, %s, %s)",
            [False, False, True, timezone.now()],
        )
    assert User.objects.get(email="old@example.org").session_era == 0


def test_with_an_earlier_secret_key_a_session_holds_in_any_era(ada: User, settings: Any) -> None:
    for era in (0, 3):
        ada.session_era = era
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the old one", []
        before = ada.get_session_auth_hash()
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new one", ["the old one"]
        assert ada.get_session_auth_hash() != before
        assert list(ada.get_session_auth_fallback_hash()) == [before]


def test_the_house_hashes_with_argon2() -> None:
    from core import settings  # the tests' own settings hash quickly

    assert settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
