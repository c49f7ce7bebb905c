"""Reads settings from the environment, and from the file `.env` (or ENV_FILE) what the environment does not say."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
TRACING_PARTS = ("sdk", "exporter.otlp.proto.http", "instrumentation.celery", "instrumentation.redis")
SMTP_SECONDS = 10  # a page that sends a message does not wait longer than this for the mail server

env = environ.Env()
_file = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
if _file.is_file():
    env.read_env(str(_file))


class BadEnvironment(ImproperlyConfigured):
    """The environment asks for something impossible. The message is for whoever set it: one plain sentence."""


def can_import(*names: str) -> bool:
    """Whether packages that are not needed everywhere are installed."""
    try:
        return all(map(import_module, names))
    except ImportError:
        return False


def held_by(name: str) -> str:
    """What the file holds that the variable names; "" when it names none. Raises BadEnvironment."""
    file = str(env.str(name, default=""))
    try:
        return Path(file).read_text().strip() if file else ""
    except OSError as error:
        raise BadEnvironment(f"{name} ({file}) cannot be read: {error.strerror}.") from error


def url(name: str, given: str) -> str:
    """The address of a service, as it was given. Raises BadEnvironment, which says nothing of the password in it."""
    try:
        _ = urlsplit(given).port
    except ValueError:
        says = f"{name} cannot be read. In its password / is written %2F, # %23, ? %3F, @ %40, : %3A and % %25."
        raise BadEnvironment(says) from None
    return given


def mailer(address: str) -> dict[str, Any]:
    """One of Django's MAILERS from a URL: `smtp+tls://user:password@host:587`, `smtp+ssl://...`, `consolemail://`."""
    if address.startswith("consolemail:"):
        return {"BACKEND": "core.lib.consolemail.EmailBackend"}
    config = environ.Env.email_url_config(url("EMAIL_URL", address))
    if not config["EMAIL_HOST"]:
        return {"BACKEND": config["EMAIL_BACKEND"]}
    options = {
        "host": config["EMAIL_HOST"],
        "port": config["EMAIL_PORT"],
        "username": config["EMAIL_HOST_USER"],
        "password": config["EMAIL_HOST_PASSWORD"],
        "use_tls": config.get("EMAIL_USE_TLS", False),
        "use_ssl": config.get("EMAIL_USE_SSL", False),
        "timeout": SMTP_SECONDS,
    }
    return {"BACKEND": config["EMAIL_BACKEND"], "OPTIONS": options}
