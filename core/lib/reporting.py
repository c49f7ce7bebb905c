"""Error reports to Sentry, or to whatever speaks as it does, for whoever sets SENTRY_DSN.

What is logged as an error is reported, with the ids of its log line, and nothing that the log would not say either: no
values of variables, no bodies, no addresses. So there is one place that says what is an error, and nothing is patched
but Django, Celery and logging. Sentry's integration of asyncio is left out: it wraps every task of the loop, those of
keystrokes too, and reports exceptions that somebody waits for. What nobody waits for, asyncio logs.
"""

import logging
from typing import TYPE_CHECKING, Any

import sentry_sdk
from sentry_sdk.integrations.argv import ArgvIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.modules import ModulesIntegration
from sentry_sdk.integrations.stdlib import StdlibIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.utils import BadDsn

from core.lib import correlation, redaction
from core.lib.env import BadEnvironment
from core.lib.version import VERSION

if TYPE_CHECKING:
    from sentry_sdk.types import Breadcrumb, BreadcrumbHint, Event, Hint

# What nobody caught is logged (core/lib/logging.py), and would be reported twice.
LEFT_OUT = (ArgvIntegration, ExcepthookIntegration, ModulesIntegration, StdlibIntegration, ThreadingIntegration)
NO_EXTRA = ("event", "exc_info", "logger", "level", "timestamp", "user")


def begin(dsn: str, *, environment: str, traces: float) -> None:
    """Once in a process, after logging is set up. Raises BadEnvironment."""
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=f"commonplace@{VERSION}",
            environment=environment,
            integrations=[
                DjangoIntegration(signals_spans=False),
                CeleryIntegration(),
                LoggingIntegration(level=logging.INFO, event_level=logging.ERROR),
            ],
            auto_enabling_integrations=False,
            disabled_integrations=LEFT_OUT,
            traces_sample_rate=traces or None,
            auto_session_tracking=False,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            before_send=_prepare,
            before_send_transaction=_mask,
            before_breadcrumb=_remember,
        )
    except BadDsn:
        raise BadEnvironment("SENTRY_DSN is no address of a project in Sentry.") from None


def _prepare(event: "Event", hint: "Hint") -> "Event":
    found: Any = event
    ids = correlation.current()
    if user := ids.pop("user", None):
        found["user"] = {"id": user}
    found.setdefault("tags", {}).update({name: str(value) for name, value in ids.items()})
    for one in found.get("exception", {}).get("values", []):
        one["value"] = _words_of(one)
    record: logging.LogRecord | None = hint.get("log_record")
    if record is not None:
        # Django's lines come with the request, ours with what they were said about.
        about = record.msg if isinstance(record.msg, dict) else {"event": record.msg}
        found["extra"] = {name: str(value) for name, value in about.items() if name not in (*NO_EXTRA, *ids)}
        found["logentry"] = {"message": about["event"], "params": found.get("logentry", {}).get("params", [])}
    return _mask(event, hint)


def _words_of(exception: dict[str, Any]) -> str:
    if exception.get("module") == "django.template.base":
        return redaction.NOT_FOUND
    return redaction.words_of(str(exception.get("value") or ""))


def _mask(event: "Event", _: "Hint") -> "Event":
    masked: Event = redaction.masked(event)
    return masked


def _remember(crumb: "Breadcrumb", hint: "BreadcrumbHint") -> "Breadcrumb | None":
    """What was logged before. No statements: what a driver writes into them is not ours to know."""
    record: logging.LogRecord | None = hint.get("log_record")
    if record is None:
        return None
    if isinstance(record.msg, dict):
        crumb = {**crumb, "message": str(record.msg["event"])}
    crumb["data"] = {name: str(value) for name, value in correlation.current().items()}
    masked: Breadcrumb = redaction.masked(crumb)
    return masked
