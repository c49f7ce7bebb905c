"""The page of a note that could not be set: its text, escaped, with a word of explanation."""

import re
from collections.abc import Iterator
from html import escape

from notes.markdown.rendered import Rendered, Trouble, blocks_of

BLOCK_CHARACTERS = 4_000

WHY: dict[Trouble, str] = {
    "too-long": "This note is too long to be set as a page. Here is its text.",
    "too-slow": "Setting this note as a page took too long. Here is its text.",
    "failed": "This note could not be set as a page. Here is its text.",
    "busy": "The server has much to do, so here is the text of this note. Reload the page to see it set.",
}


def plain_page(text: str, trouble: Trouble) -> Rendered:
    return Rendered(blocks_of(_pieces(text, trouble)), trouble=trouble)


def _pieces(text: str, trouble: Trouble) -> Iterator[tuple[str, int, int]]:
    yield f'<p class="notice">{WHY[trouble]}</p>', 0, 0
    line = 0
    for chunk in _chunks(text):
        lines = chunk.count("\n") + 1
        yield f'<p class="plain">{escape(chunk)}</p>', line, lines
        line += lines


def _chunks(text: str) -> Iterator[str]:
    """Cuts at line ends, not at every one: a page of half a million blocks helps nobody."""
    chunk: list[str] = []
    size = 0
    for line in re.split(r"\n", text):
        chunk.append(line)
        size += len(line)
        if size >= BLOCK_CHARACTERS:
            yield "\n".join(chunk)
            chunk, size = [], 0
    if chunk:
        yield "\n".join(chunk)
