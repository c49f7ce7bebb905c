"""Public identifiers: what URLs and sockets call a thing, so that primary keys stay inside."""

import secrets

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 signs, without those that look alike
LENGTH = 16  # 80 random bits


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
