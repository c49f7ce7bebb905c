"""What every page tells the browser about safety."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def csp(client: Client) -> dict[str, list[str]]:
    header = client.get("/accounts/login/")["Content-Security-Policy"]
    return {name: sources for name, *sources in (part.split() for part in header.split(";"))}


def test_scripts_come_from_this_server_only(csp: dict[str, list[str]]) -> None:
    assert csp["default-src"] == ["'none'"]
    assert csp["script-src"] == ["'self'"]
    assert csp["connect-src"] == ["'self'"]


def test_nothing_is_allowed_inline_or_by_eval(csp: dict[str, list[str]]) -> None:
    everything = {source for sources in csp.values() for source in sources}
    assert not everything & {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*"}


def test_no_other_site_may_frame_a_page_or_receive_its_forms(client: Client, csp: dict[str, list[str]]) -> None:
    assert csp["frame-ancestors"] == ["'none'"]
    assert csp["form-action"] == ["'self'"]
    assert csp["base-uri"] == ["'none'"]
    assert client.get("/accounts/login/")["X-Frame-Options"] == "DENY"


def test_types_are_not_guessed_and_addresses_not_passed_on(client: Client) -> None:
    answer = client.get("/accounts/login/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_cookies_are_kept_from_scripts(client: Client) -> None:
    client.get("/accounts/login/")
    assert client.cookies["csrftoken"]["httponly"]
    assert client.cookies["csrftoken"]["samesite"] == "Lax"
