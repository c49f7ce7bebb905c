"""A second factor: set up from the profile, asked for at every sign-in, kept where a stolen database does not help."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from core.accounts.models import AuditEntry, Deed, User
from core.accounts.tests.codes import FACTOR, code_of, is_in, prove, recovery_codes, set_up, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def slow_machine(settings: Any) -> None:
    """A code that was made in the last moment of its half minute still holds when it arrives."""
    settings.MFA_TOTP_TOLERANCE = 1


@pytest.fixture
def hers(ada: User) -> Client:
    return sign_in(ada.email)


def test_the_profile_leads_to_it(hers: Client) -> None:
    assert f'href="{FACTOR}"' in hers.get("/accounts/profile/").content.decode()
    assert f'href="{FACTOR}totp/activate/"' in hers.get(FACTOR).content.decode()


def test_the_password_is_asked_for_before_a_key_is_shown(hers: Client) -> None:
    answer = hers.get(f"{FACTOR}totp/activate/")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")


def test_the_qr_code_is_an_image_that_the_policy_lets_through(hers: Client) -> None:
    prove(hers)
    answer = hers.get(f"{FACTOR}totp/activate/")
    assert 'src="data:image/svg+xml;base64,' in answer.content.decode()
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]


def test_from_then_on_the_password_alone_lets_nobody_in(ada: User, hers: Client) -> None:
    seed = set_up(hers)
    cache.clear()
    assert not is_in(sign_in(ada.email))
    assert not is_in(sign_in(ada.email, code="000000"))
    assert is_in(sign_in(ada.email, code=code_of(seed)))


def test_a_code_holds_once(ada: User, hers: Client) -> None:
    code = code_of(set_up(hers))
    assert is_in(sign_in(ada.email, code=code))
    assert not is_in(sign_in(ada.email, code=code))


def test_a_recovery_code_lets_in_once(ada: User, hers: Client) -> None:
    set_up(hers)
    codes = recovery_codes(hers)
    assert len(codes) == 10
    assert is_in(sign_in(ada.email, code=codes[0]))
    assert not is_in(sign_in(ada.email, code=codes[0]))
    assert codes[0] not in recovery_codes(hers)
    assert hers.get(f"{FACTOR}recovery-codes/download/").content.decode().split() == codes[1:]


def test_new_recovery_codes_end_the_old_ones(ada: User, hers: Client) -> None:
    set_up(hers)
    old = recovery_codes(hers)
    hers.post(f"{FACTOR}recovery-codes/generate/")
    assert not set(old) & set(recovery_codes(hers))
    assert not is_in(sign_in(ada.email, code=old[0]))


def test_guessing_codes_is_stopped_soon(ada: User, hers: Client) -> None:
    seed = set_up(hers)
    cache.clear()
    guesser = sign_in(ada.email)
    for guess in range(5):
        answer = guesser.post(f"{FACTOR}authenticate/", {"code": f"{guess:06}"})
        assert "That code does not hold." in answer.content.decode()
    answer = guesser.post(f"{FACTOR}authenticate/", {"code": code_of(seed)})
    assert "Too many tries." in answer.content.decode()
    assert not is_in(guesser)


def test_it_is_turned_off_again(ada: User, hers: Client) -> None:
    set_up(hers)
    hers.post(f"{FACTOR}totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert is_in(sign_in(ada.email))
    deeds = AuditEntry.objects.filter(about=ada).order_by("pk").values_list("deed", "actor", "door")
    assert list(deeds) == [(Deed.FACTOR_ADDED, ada.pk, "page"), (Deed.FACTOR_REMOVED, ada.pk, "page")]


def test_what_the_database_holds_makes_no_codes(hers: Client, settings: Any) -> None:
    seed = set_up(hers)
    kept = " ".join(str(data) for data in Authenticator.objects.values_list("data", flat=True))
    assert seed not in kept
    assert all(code not in kept for code in recovery_codes(hers))


def test_with_another_secret_key_no_code_holds_until_the_old_one_is_named_too(
    ada: User, hers: Client, settings: Any
) -> None:
    seed, old = set_up(hers), settings.SECRET_KEY
    settings.SECRET_KEY = "another one, which is long enough for that"
    cache.clear()
    assert not is_in(sign_in(ada.email, code=code_of(seed)))
    settings.SECRET_KEY_FALLBACKS = [old]
    cache.clear()
    assert is_in(sign_in(ada.email, code=code_of(seed)))
