"""Headings: an id each, the outline, and links to them from within the page."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from notes.markdown.rendered import Heading

PREFIX = "p-"
SLUG_CHARACTERS = 64


def install(md: MarkdownIt) -> None:
    md.core.ruler.after("inline", "headings", name_headings)


def name_headings(state: StateCore) -> None:
    outline: list[Heading] = []
    taken: dict[str, int] = {}
    for index, token in enumerate(state.tokens):
        if token.type == "heading_open":
            text = " ".join(plain(state.tokens[index + 1].children or ()).split())
            slug = _unique(slug_of(text), taken)
            token.attrs["id"] = PREFIX + slug
            if text and token.level == 0:
                outline.append(Heading(int(token.tag[1]), text, PREFIX + slug))
        elif token.type == "inline":
            _point_inside(token.children or ())
    state.env["outline"] = outline


def plain(tokens: Sequence[Token]) -> str:
    """The words of a line, without its marks."""
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(plain(token.children or ()))
        else:
            parts.append(token.content)
    return "".join(parts)


def slug_of(text: str) -> str:
    """Letters and digits of any script, joined by single hyphens: footnotes' ids, with two, stay their own."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")[:SLUG_CHARACTERS].rstrip("-") or "section"


def _unique(slug: str, taken: dict[str, int]) -> str:
    """The slug, or with the first free number behind it. Counts on from the last one, not from 2 each time."""
    name = slug
    while name in taken:
        taken[slug] += 1
        name = f"{slug}-{taken[slug]}"
    taken[name] = 1
    return name


def _point_inside(tokens: Sequence[Token]) -> None:
    """`[see](#a-heading)` means a heading of this page."""
    for token in tokens:
        href = str(token.attrs.get("href", "")) if token.type == "link_open" else ""
        if href.startswith("#") and len(href) > 1:
            token.attrs["href"] = f"#{PREFIX}{slug_of(unquote(href[1:].removeprefix(PREFIX)))}"
