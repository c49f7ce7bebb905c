"""The library's hooks, in the form that the parts of this package need."""

from collections.abc import Callable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token


def draw(md: MarkdownIt, kind: str, make: Callable[[Token], str]) -> None:
    """Lets `make` draw every token of this kind. It returns HTML, and escapes what the token holds."""

    def rule(_renderer: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:
        return make(tokens[index])

    md.add_render_rule(kind, rule)
