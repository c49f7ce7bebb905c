"""How footnotes look. The parsing is the plugin's."""

from markdown_it import MarkdownIt
from markdown_it.token import Token

from notes.markdown.headings import PREFIX
from notes.markdown.rules import draw


def install(md: MarkdownIt) -> None:
    draw(md, "footnote_ref", _reference)
    draw(md, "footnote_block_open", lambda _: OPENING)
    draw(md, "footnote_block_close", lambda _: "</ol></section>\n")
    draw(md, "footnote_open", lambda token: f'<li id="{_id(token)}">')
    draw(md, "footnote_anchor", _way_back)


OPENING = '<section class="footnotes" role="doc-endnotes" aria-label="Footnotes"><ol>\n'


def _id(token: Token) -> str:
    """Of the note. The double hyphen keeps it apart from every heading's."""
    return f"{PREFIX}fn--{token.meta['id'] + 1}"


def _reference_id(token: Token) -> str:
    """Of one place that refers to the note: there may be several."""
    again = f"-{token.meta['subId']}" if token.meta.get("subId", 0) > 0 else ""
    return f"{PREFIX}fnref--{token.meta['id'] + 1}{again}"


def _reference(token: Token) -> str:
    link = f'<a href="#{_id(token)}" id="{_reference_id(token)}">{token.meta["id"] + 1}</a>'
    return f'<sup class="fnref">{link}</sup>'


def _way_back(token: Token) -> str:
    return f' <a class="fnback" href="#{_reference_id(token)}" aria-label="Back to the text">↩\ufe0e</a>'
