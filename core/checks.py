"""System checks of our own: what `manage.py check` says about an unsafe or impossible set-up."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning

# CHUNK_BYTES of frontend/src/editor/wire/outbox.js, a character that may not be cut, and the frame around them.
FRAME_BYTES_AT_LEAST = 192 * 1024


@register(Tags.security)
def origins_are_whole(**kwargs: Any) -> list[CheckMessage]:
    """A socket's origin is compared with scheme, host and port; a bare host or `*` would let strangers in."""
    wrong = [o for o in settings.ALLOWED_ORIGINS if not urlsplit(o).scheme or not urlsplit(o).netloc or "*" in o]
    if not wrong:
        return []
    says = f"ALLOWED_ORIGINS needs full origins such as https://notes.example.org, not {wrong}."
    return [Error(says, id="core.E001")]


@register()
def frames_are_as_large_as_clients_send(**kwargs: Any) -> list[CheckMessage]:
    """Below this a paste would be refused for ever."""
    if settings.FRAME_BYTES >= FRAME_BYTES_AT_LEAST:
        return []
    says = f"FRAME_BYTES is {settings.FRAME_BYTES}; the editor sends frames of up to {FRAME_BYTES_AT_LEAST} bytes."
    return [Error(says, id="core.E002")]


@register()
def several_processes_need_redis(**kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL without Redis works for one process only; say so before somebody starts two."""
    if settings.EMBEDDED or settings.REDIS_URL:
        return []
    says = "Without REDIS_URL a second process does not show the first one's edits."
    return [CheckWarning(says, hint="Set REDIS_URL, or run exactly one process.", id="core.W001")]


@register()
def traces_need_their_packages(**kwargs: Any) -> list[CheckMessage]:
    if settings.TRACING or not settings.TRACES_URL:
        return []
    says = "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed: there will be no traces."
    return [CheckWarning(says, hint="docs/logs.md names the packages.", id="core.W002")]
