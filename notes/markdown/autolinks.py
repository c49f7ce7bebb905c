"""Bare addresses become links: `https://example.org/a`, `ada@example.org`.

Not linkify-it, which looks back over the whole paragraph at every colon (100 KB of `http:` take minutes), and which
makes a link to Paraguay of every `app.py`. This rule looks at a bounded piece before and after each sign.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

SCHEME = re.compile(r"(?:^|[^a-zA-Z0-9.+_-])(https?)$", re.IGNORECASE)
ADDRESS = re.compile(r"://[^\s<>]{1,2000}+(?![^\s<>])")
MAILBOX = re.compile(r"(?:^|[^a-zA-Z0-9.+_%-])([a-zA-Z0-9][a-zA-Z0-9.+_%-]{0,63})$")
DOMAIN = re.compile(r"@(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.){1,8}[a-zA-Z]{2,24}(?![a-zA-Z0-9-])")
LOOK_BACK_CHARACTERS = 72
# What follows an address in a sentence rather than belongs to it.
PUNCTUATION = frozenset("?!.,:;*_~'\"")


def install(md: MarkdownIt) -> None:
    md.inline.ruler.push("autolinks", autolink)


def autolink(state: StateInline, silent: bool) -> bool:
    """An inline rule: what stands before the sign has been read already, and waits in `state.pending` if it is text."""
    sign = state.src[state.pos]
    if sign not in ":@" or state.linkLevel > 0:
        return False
    before, after = (SCHEME, ADDRESS) if sign == ":" else (MAILBOX, DOMAIN)
    tail = after.match(state.src, state.pos, state.posMax)
    head = before.search(state.src[max(0, state.pos - LOOK_BACK_CHARACTERS) : state.pos]) if tail else None
    if tail is None or head is None or not state.pending.endswith(head[1]):
        return False
    words = head[1] + (trimmed(tail[0]) if sign == ":" else tail[0])
    href = state.md.normalizeLink(words if sign == ":" else f"mailto:{words}")
    if words.endswith("://") or not state.md.validateLink(href):
        return False
    if not silent:
        state.pending = state.pending[: -len(head[1])]
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.push("text", "", 0).content = words
        state.push("link_close", "a", -1)
    state.pos += len(words) - len(head[1])
    return True


def trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it, and without a bracket that was opened before it."""
    end = len(address)
    brackets = address.count(")") - address.count("(")
    while end:
        last = address[end - 1]
        if last == ")" and brackets > 0:
            brackets -= 1
        elif last not in PUNCTUATION:
            break
        end -= 1
    return address[:end]
