"""The second factor: who has one, which session has shown it, and how its secrets are kept. The rest is allauth's."""

import base64
import logging
import secrets
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import InvalidToken
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from core.accounts import audit
from core.accounts.models import User
from core.accounts.services import lock_account
from core.lib.sealing import seal

logger = logging.getLogger(__name__)

USE = "second factor"
# Recovery codes are no factor of their own: there are none without one of these.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
WORDS = {
    "incorrect_code": "That code does not hold. Take the one that is shown now.",
    "unverified_email": "Confirm your e-mail address first: whoever holds it can then always come back.",
    "add_email_blocked": "With a second factor no further address can be added. Turn it off first.",
}


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The seeds of codes are encrypted with SECRET_KEY, so that a stolen copy of the database makes no codes."""

    error_messages = DefaultMFAAdapter.error_messages | WORDS

    def encrypt(self, text: str) -> str:
        return seal(USE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return seal(USE).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Never an empty or a fixed one: everybody could compute its codes. To this one no code belongs.
            logger.error("a second factor was set up under another SECRET_KEY; put that into SECRET_KEY_FALLBACKS")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def has_one(user: Any) -> bool:
    return bool(is_mfa_enabled(user, FACTORS))


def was_shown(request: HttpRequest) -> bool:
    """In this session, and the account still has one. Who signed in before it was set up has not shown it."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records) and has_one(request.user)


def unreadable() -> int:
    """How many have one that was set up under a SECRET_KEY which is not known here."""
    return sum(not _opens(one.data) for one in Authenticator.objects.filter(type=Authenticator.Type.TOTP))


def _opens(data: Any) -> bool:
    secret = data.get("secret") if isinstance(data, dict) else None
    try:
        seal(USE).decrypt(str(secret).encode())
    except InvalidToken:
        return False
    return True


def connect() -> None:
    """Called once, when Django is ready."""
    authenticator_added.connect(_added, dispatch_uid="second_factor_added")
    authenticator_removed.connect(_removed, dispatch_uid="second_factor_removed")


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type in FACTORS:
        _end_other_sessions(request, user)
        # Whoever set it up has just typed a code of it.
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        audit.record(user, audit.Deed.FACTOR_ADDED, about=user)


@transaction.atomic
def _end_other_sessions(request: HttpRequest, user: User) -> None:
    """Whoever knows the password, and is in already, has shown no second factor."""
    fresh = lock_account(user)
    fresh.session_era += 1
    fresh.save(update_fields=["session_era"])
    user.session_era = fresh.session_era
    update_session_auth_hash(request, user)


def _removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type in FACTORS:
        audit.record(user, audit.Deed.FACTOR_REMOVED, about=user)
