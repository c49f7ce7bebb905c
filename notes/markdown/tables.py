"""Tables: the alignment of a column as a class, because inline styles are forbidden here."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore


def install(md: MarkdownIt) -> None:
    md.core.ruler.after("block", "alignment", name_alignment)


def name_alignment(state: StateCore) -> None:
    for token in state.tokens:
        style = token.attrs.pop("style", None) if token.type in ("th_open", "td_open") else None
        if style:
            token.attrs["class"] = f"to-{str(style).removeprefix('text-align:')}"
