"""Log lines: JSON in production, readable in development, each with the ids of what it belongs to (correlation.py).

Everything that is said passes here: Django's and Celery's lines, Python's warnings, and exceptions that nobody caught.
Nothing leaves unmasked (redaction.py).
"""

import logging
import logging.config
import sys
import threading
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any

import structlog

from core.lib import correlation, redaction

OURS = ("core", "notes", "realtime")

logger = logging.getLogger(__name__)

type ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def _add_ids(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    for name, value in correlation.current().items():
        event.setdefault(name, value)
    return event


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: redaction.masked(value) for name, value in event.items()}


def _hand_over(logger: Any, name: str, event: MutableMapping[str, Any]) -> tuple[tuple[Any], dict[str, Any]]:
    """To the standard library. With the exception beside it, for others who look at records."""
    words, options = structlog.stdlib.ProcessorFormatter.wrap_for_formatter(logger, name, event)
    return words, {**options, "exc_info": event.get("exc_info")}


def _render(exc_info: Any) -> str:
    return redaction.traceback_of(exc_info[1])


SHARED: list[Any] = [
    _add_ids,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(config: dict[str, str]) -> None:
    """Django calls this with settings.LOGGING: {"level": ..., "format": "json" | "lines"}."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "house": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.ExceptionRenderer(_render),
                        _mask,
                        _renderer(config["format"]),
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "house"}},
            # Others' DEBUG quotes what it works on: statements with their values, a template's variables, frames.
            "root": {"handlers": ["stderr"], "level": max(_number(config["level"]), logging.INFO)},
            "loggers": {
                **{name: {"level": config["level"]} for name in OURS},
                # Django has set handlers of its own before this, which would say everything twice, or send e-mails.
                **{name: {"handlers": [], "propagate": True} for name in ("django", "django.server")},
                "daphne": {"level": "WARNING"},
                "twisted": {"level": "WARNING"},
                "asyncio": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            _hand_over,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _renderer(form: str) -> Any:
    if form == "json":
        return structlog.processors.JSONRenderer()
    # Exceptions come to it as text; else it would add the values of variables where it finds a library for that.
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=plain)


def _number(level: str) -> int:
    number: int = logging.getLevelNamesMapping()[level]
    return number


# --- What nobody caught ------------------------------------------------------------------------------------------


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logger.critical("uncaught exception", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        name = args.thread.name if args.thread else "?"
        logger.critical("uncaught exception in thread %s", name, exc_info=args.exc_value)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    """In a destructor, for one. Not what the object is: its repr() may quote anything."""
    if args.exc_value is not None:
        logger.error("exception ignored in a %s", type(args.object).__name__, exc_info=args.exc_value)
