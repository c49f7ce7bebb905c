"""Encrypts what a stolen copy of the database must not tell: with SECRET_KEY, each use by a key of its own."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


def seal(use: str) -> MultiFernet:
    """Seals with SECRET_KEY, and opens also what was sealed with one of SECRET_KEY_FALLBACKS."""
    return MultiFernet([Fernet(_key(use, secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(use: str, secret: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(use.encode() + b"\0" + force_bytes(secret)).digest())
