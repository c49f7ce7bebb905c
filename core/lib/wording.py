"""Cleans what people write into a single line: titles, descriptions, names."""

import unicodedata

from core.lib.errors import Invalid


def one_line(text: str, *, limit: int, what: str) -> str:
    """White space becomes single spaces and control characters go. Raises Invalid above `limit` characters."""
    # A NUL or half a surrogate pair is refused by the database, with an error that helps nobody.
    plain = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or not _is_control(sign))
    line = " ".join(plain.split())
    if len(line) > limit:
        raise Invalid(f"{what} may have at most {limit} characters; this has {len(line)}.")
    return line


def some_line(text: str, *, limit: int, what: str) -> str:
    """As one_line, and never empty."""
    line = one_line(text, limit=limit, what=what)
    if not line:
        raise Invalid(f"{what} may not be empty.")
    return line


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs"}
