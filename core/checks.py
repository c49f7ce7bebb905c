"""System checks of our own: what `manage.py check` says about an unsafe or impossible set-up."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning


@register(Tags.security)
def origins_are_whole(**kwargs: Any) -> list[CheckMessage]:
    """A socket's origin is compared with scheme, host and port; a bare host or `*` would let strangers in."""
    wrong = [o for o in settings.ALLOWED_ORIGINS if not urlsplit(o).scheme or not urlsplit(o).netloc or "*" in o]
    if not wrong:
        return []
    says = f"ALLOWED_ORIGINS needs full origins such as https://notes.example.org, not {wrong}."
    return [Error(says, id="core.E001")]


@register()
def several_processes_need_redis(**kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL without Redis works for one process only; say so before somebody starts two."""
    if settings.EMBEDDED or settings.REDIS_URL:
        return []
    says = "Without REDIS_URL a second process does not show the first one's edits."
    return [CheckWarning(says, hint="Set REDIS_URL, or run exactly one process.", id="core.W001")]
