"""Cleans what people write into single lines: titles and descriptions."""

import unicodedata

from core.lib.errors import Invalid


def one_line(text: str, *, limit: int, what: str) -> str:
    """White space becomes single spaces and control characters go. Raises Invalid above `limit` characters."""
    # Half a surrogate pair or a NUL would be refused by the database, not by us.
    plain = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or not _unseen(sign))
    line = " ".join(plain.split())
    if len(line) > limit:
        raise Invalid(f"{what} may have at most {limit} characters; this has {len(line)}.")
    return line


def title(text: str, *, limit: int) -> str:
    """As one_line, and never empty."""
    line = one_line(text, limit=limit, what="A title")
    if not line:
        raise Invalid("Give it a title.")
    return line


def _unseen(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs"}
