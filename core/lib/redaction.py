"""What must leave the house neither with a log line nor with an error report: secrets, addresses, what people wrote."""

import re
from collections.abc import Iterator
from itertools import pairwise
from traceback import format_tb
from typing import Any

GONE = "***"
MESSAGE_LENGTH = 300  # of an exception; what is longer quotes what it could not read

# Every path that anybody asks for is looked through: each of these must take time in proportion to the length of the
# text, so nothing that repeats may be followed by what it can also match.
SECRET = re.compile(r"password|secret|token|session|api_?key|signature", re.I)
SET = re.compile(r"(?<![\w-])([\w-]++)=[^&;,\s\"']+")
SLASH = "(?:/|%(?:25)*+2[Ff])"  # as it is where an address is a part of another, however often
HELD = "|".join(path.replace("/", SLASH) for path in ("/invitations/", "/confirm-email/", "/password/reset/key/"))
# In the order in which they are tried. A test holds the first to every route that takes a secret.
PATTERNS = (
    (re.compile(rf"({HELD})[^/?#\s\"'<>]+"), rf"\1{GONE}"),
    (re.compile(r"(\w://[^:/?#\s@]*:)[^/\s]+@"), rf"\1{GONE}@"),
    (re.compile(r"\b(Bearer|Basic) +[\w.~+/=-]+", re.I), rf"\1 {GONE}"),
    (re.compile(r"(?<![\w.+-])[\w.+-]++(@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})"), rf"{GONE}\1"),
    # PostgreSQL quotes the row and the statement that it does not take; so does what is made of that with repr().
    (re.compile(r"(?:\n|\\n)[ \t]*(?:DETAIL|CONTEXT|LINE \d+): .*", re.S), ""),
)  # fmt: skip

NOT_FOUND = "a variable was not found"  # Django quotes everything that the template was given
CAUSED = "\nThe above exception was the direct cause of the following exception:\n\n"
MEANWHILE = "\nDuring handling of the above exception, another exception occurred:\n\n"


def mask(text: str) -> str:
    """The text without what looks like a secret or an e-mail address."""
    text = SET.sub(_set, text)
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


def _set(found: re.Match[str]) -> str:
    return f"{found[1]}={GONE}" if SECRET.search(found[1]) else found[0]


def masked(value: Any) -> Any:
    """The same for everything inside of it."""
    match value:
        case str():
            return mask(value)
        case dict():
            return {key: masked(inner) for key, inner in value.items()}
        case list() | tuple():
            return [masked(inner) for inner in value]
    return value


def message_of(error: BaseException) -> str:
    """What the exception says, as far as it can be shown to whoever reads the log."""
    if type(error).__module__ == "django.template.base":
        return NOT_FOUND
    return words_of(str(error))


def words_of(message: str) -> str:
    """Of a message of an exception: masked while it is whole, then cut."""
    return mask(message[: 10 * MESSAGE_LENGTH])[:MESSAGE_LENGTH]


def told(error: BaseException) -> str:
    """The exception in a few words, for a log line that needs no traceback. Never `%r`: that quotes what it had."""
    said = message_of(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def traceback_of(error: BaseException) -> str:
    """As Python writes it, with no values of variables, and no more of the messages than `message_of`."""
    chain = list(_chain(error))[::-1]
    parts = [_one(chain[0])]
    for before, after in pairwise(chain):
        parts += [CAUSED if after.__cause__ is before else MEANWHILE, _one(after)]
    return "".join(parts).rstrip("\n")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """From the last one to its first cause."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def _one(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    lines = "".join(format_tb(error.__traceback__))
    begun = f"Traceback (most recent call last):\n{lines}" if lines else ""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    grouped = "".join(f"\n--- in it:\n{traceback_of(each)}\n" for each in inner)
    return f"{begun}{name}: {message_of(error)}\n{grouped}"
