"""System checks of our own: what `manage.py check` says about an unsafe or impossible set-up."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security)
def origins_are_whole(**kwargs: Any) -> list[CheckMessage]:
    """A socket's origin is compared with scheme, host and port; a bare host or `*` would let strangers in."""
    wrong = [o for o in settings.ALLOWED_ORIGINS if not urlsplit(o).scheme or not urlsplit(o).netloc or "*" in o]
    if not wrong:
        return []
    return [Error(f"ALLOWED_ORIGINS needs full origins such as https://notes.example.org, not {wrong}.", id="core.E001")]


@register()
def several_processes_need_redis(**kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL without Redis works for one process only; say so before somebody starts two."""
    if settings.EMBEDDED or settings.REDIS_URL:
        return []
    hint = "Set REDIS_URL, or run exactly one process."
    return [Warning("Without REDIS_URL a second process does not show the first one's edits.", hint=hint, id="core.W001")]
