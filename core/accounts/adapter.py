"""How django-allauth fits this house."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.ACCOUNT_OPEN_SIGNUP)

    def format_email_subject(self, subject: str) -> str:
        """As the template has it: the sender says already where it comes from."""
        return str(subject)
