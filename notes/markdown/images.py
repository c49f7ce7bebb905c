"""Images become links: a page loads nothing from third parties, who would learn who reads what and when."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from notes.markdown.headings import plain


def install(md: MarkdownIt) -> None:
    md.core.ruler.after("inline", "images", link_images)


def link_images(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and any(child.type == "image" for child in token.children or ()):
            token.children = list(_without_images(token.children or ()))


def _without_images(tokens: Sequence[Token]) -> Iterator[Token]:
    links = 0
    for token in tokens:
        links += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type != "image":
            yield token
            continue
        source = str(token.attrs.get("src", ""))
        words = Token("text", "", 0, content=plain(token.children or ()) or _file_name(source), level=token.level)
        if links or not source:  # a link within a link is none
            yield words
            continue
        yield Token("link_open", "a", 1, attrs={"href": source, "class": "image"}, level=token.level)
        yield words
        yield Token("link_close", "a", -1, level=token.level)


def _file_name(source: str) -> str:
    try:
        return urlsplit(source).path.rsplit("/", 1)[-1] or source
    except ValueError:  # such as a bracket without its partner in the host
        return source
