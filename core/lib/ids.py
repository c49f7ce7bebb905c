"""Public identifiers: what URLs and sockets call a thing, so that primary keys stay inside."""

import base64
import secrets

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 signs, without those that look alike
LENGTH = 16  # 80 random bits

_ours = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())


def new_public_id() -> str:
    return base64.b32encode(secrets.token_bytes(10)).translate(_ours).decode()
