"""An authenticator app for tests: it makes the codes, and walks through the pages."""

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from core.accounts.tests.conftest import PASSWORD

FACTOR = "/accounts/2fa/"


def code_of(seed: str) -> str:
    return str(format_hotp_value(hotp_value(seed, int(time.time()) // 30)))


def prove(client: Client, password: str = PASSWORD) -> Any:
    """Types the password once more, as pages ask before they show or change a secret."""
    return client.post("/accounts/reauthenticate/", {"password": password})


def seed_on(page: str) -> str:
    found = re.search(r'id="totp-secret" readonly value="(\w+)"', page)
    assert found, "the page shows no key"
    return found[1]


def set_up(client: Client) -> str:
    """Sets up a second factor, as whoever is signed in; returns its seed."""
    prove(client)
    seed = seed_on(client.get(f"{FACTOR}totp/activate/").content.decode())
    answer = client.post(f"{FACTOR}totp/activate/", {"code": code_of(seed)})
    assert answer.status_code == 302, answer.content.decode()
    return seed


def recovery_codes(client: Client) -> list[str]:
    prove(client)
    return re.findall(r"<li>(\d{8})</li>", client.get(f"{FACTOR}recovery-codes/").content.decode())


def sign_in(email: str, code: str = "", password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    if code:
        client.post(f"{FACTOR}authenticate/", {"code": code})
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/accounts/profile/").status_code == 200)
