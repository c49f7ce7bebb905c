"""What rendering gives: blocks that follow each other on the page, and the headings among them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.safestring import SafeString

type Trouble = Literal["", "too-long", "too-slow", "failed", "busy"]


@dataclass(frozen=True, slots=True)
class Block:
    """One top-level piece of the page: safe HTML, and the lines of the source that it stands for."""

    html: SafeString
    first_line: int  # from 0
    lines: int  # up to where the next block begins; 0 for footnotes, which are collected from elsewhere
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.blake2b(f"{self.lines}\n{self.html}".encode(), digest_size=12)
        object.__setattr__(self, "hash", digest.hexdigest())

    def wrapped(self, number: int, classes: str = "") -> SafeString:
        """The block as it stands on the page. `classes` must not come from a user: they are not escaped."""
        names = f"block {classes}" if classes else "block"
        return SafeString(f'<div id="{block_id(number)}" class="{names}" data-lines="{self.lines}">{self.html}</div>')


def block_id(number: int) -> str:
    """A block's id on the page. A page is numbered from 1; live pages hand out further numbers for what is new."""
    return f"block-{number}"


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the outline. `id` is the element's id on the page."""

    level: int  # 1 to 6
    text: str  # plain, not escaped
    id: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page. With `trouble` it is the source as plain text, because it could not be set."""

    blocks: tuple[Block, ...]
    outline: tuple[Heading, ...] = ()
    trouble: Trouble = ""

    @property
    def html(self) -> SafeString:
        return SafeString("\n".join(block.wrapped(number) for number, block in enumerate(self.blocks, 1)))

    def as_data(self) -> dict[str, Any]:
        """Plain lists, for a pipe or a cache. The inverse of `from_data`."""
        return {
            "blocks": [[str(block.html), block.first_line, block.lines] for block in self.blocks],
            "outline": [[heading.level, heading.text, heading.id] for heading in self.outline],
            "trouble": self.trouble,
        }


def from_data(data: dict[str, Any]) -> Rendered:
    """Only for what `as_data` gave: the HTML is trusted."""
    return Rendered(
        blocks=blocks_of(data["blocks"]),
        outline=tuple(Heading(level, text, heading_id) for level, text, heading_id in data["outline"]),
        trouble=data["trouble"],
    )


def blocks_of(pieces: Iterable[tuple[str, int, int]]) -> tuple[Block, ...]:
    """Blocks of (safe HTML, first line, lines)."""
    return tuple(Block(SafeString(html), first_line, lines) for html, first_line, lines in pieces)
