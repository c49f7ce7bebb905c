"""Accounts: one for each address, whatever its case."""

import pytest
from django.db import IntegrityError

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


def test_the_house_hashes_with_argon2() -> None:
    from core import settings  # the tests' own settings hash quickly

    assert settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
