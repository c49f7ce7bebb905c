"""How django-allauth fits this house."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core.accounts import services
from core.accounts.models import User
from core.lib.errors import NotAllowed

# In our own words; the rest are django-allauth's.
WORDS = {
    "email_password_mismatch": "That address and that password do not belong together.",
    "incorrect_password": "That is not your password.",
    "enter_current_password": "Type your present password.",
    "email_taken": "There is an account with this address already.",
    "duplicate_email": "This address is yours already.",
    "too_many_login_attempts": "Too many tries. Wait a few minutes.",
    "rate_limited": "Too many tries. Wait a few minutes.",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | WORDS

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.ACCOUNT_OPEN_SIGNUP)

    def is_safe_url(self, url: str) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # what is no address is none to go to
            return False

    def set_password(self, user: User, password: str) -> None:
        """allauth saves all that it knew when the request began, and would open again what was closed meanwhile."""
        try:
            services.set_password(user, password)
        except NotAllowed as refusal:
            raise PermissionDenied from refusal

    def format_email_subject(self, subject: str) -> str:
        """As the template has it: the sender says already where it comes from."""
        return str(subject)
