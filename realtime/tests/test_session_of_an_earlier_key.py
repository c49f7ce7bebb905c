"""When the secret key is exchanged, sockets believe the sessions of the earlier one, and leave them as they are."""

from typing import Any

from django.test import Client

from core.accounts.models import User
from realtime import auth


def test_a_socket_leaves_the_session_to_its_browser(ada: User, settings: Any) -> None:
    browser = Client()
    browser.force_login(ada)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, [settings.SECRET_KEY]
    assert auth.session_user(key) == ada
    assert auth.session_user(key) == ada
    assert browser.get("/").status_code == 200


def test_without_the_earlier_key_it_is_over(ada: User, settings: Any) -> None:
    browser = Client()
    browser.force_login(ada)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    settings.SECRET_KEY = "another" * 8
    assert auth.session_user(key) is None
    assert browser.get("/").status_code == 302
