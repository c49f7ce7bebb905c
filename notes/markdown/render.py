"""From text to a page: parse the whole, cut it at the top level, clean each block."""

import re
from collections.abc import Iterator

from markdown_it.token import Token

from notes.markdown.parser import parser
from notes.markdown.rendered import Rendered, blocks_of
from notes.markdown.sanitise import sanitise

LINE_END = re.compile(r"\r\n?|\n")
SURROGATES = re.compile("[\ud800-\udfff]")
PAGE_CHARACTERS = 3_000_000  # of HTML; footnotes that refer to one another grow to fifty times their source


class PageTooLongError(Exception):
    """The page would be larger than a browser should be given."""


def render(text: str) -> Rendered:
    """Sets a note. Slow on hostile text, without a bound: call it where it can be killed.

    The text is parsed as one, because a footnote or a link's address may stand anywhere, and cut afterwards.
    """
    md = parser()
    env: dict[str, object] = {}
    tokens = md.parse(SURROGATES.sub("\ufffd", text), env)
    pieces: list[tuple[str, int | None]] = []
    characters = 0
    for block in top_level(tokens):
        html = sanitise(md.renderer.render(block, md.options, env)).strip()
        characters += len(html)
        if characters > PAGE_CHARACTERS:
            raise PageTooLongError
        if html:
            pieces.append((html, block[0].map[0] if block[0].map else None))
    outline = env.get("outline", ())
    assert isinstance(outline, list)
    return Rendered(blocks_of(_with_lines(pieces, len(LINE_END.findall(text)) + 1)), tuple(outline))


def top_level(tokens: list[Token]) -> Iterator[list[Token]]:
    depth, block = 0, []
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def _with_lines(pieces: list[tuple[str, int | None]], total: int) -> Iterator[tuple[str, int, int]]:
    """Gives every line of the source to the block that it follows, so that the blocks' lines add up to the whole.

    Footnotes stand at the end of the page and nowhere in the source: no line.
    """
    starts = [line for _, line in pieces if line is not None]
    if starts:
        starts[0] = 0
    ends = iter([*starts[1:], total])
    beginnings = iter(starts)
    for html, line in pieces:
        if line is None:
            yield html, total, 0
        else:
            start = next(beginnings)
            yield html, start, next(ends) - start
