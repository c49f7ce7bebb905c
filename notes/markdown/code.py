"""Fenced code: highlighted, with the language's name; diagrams and formulas that come in fences."""

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from notes.markdown.highlight import highlight
from notes.markdown.mathml import block_of_math
from notes.markdown.rules import draw

LANGUAGE = re.compile(r"[a-z0-9+#._-]{1,24}", re.IGNORECASE)


def install(md: MarkdownIt) -> None:
    draw(md, "fence", _fence)
    draw(md, "code_block", lambda token: _listing(token.content, ""))


def _fence(token: Token) -> str:
    source = token.content
    name = LANGUAGE.match(token.info.strip())
    language = name[0].lower() if name else ""
    if language == "mermaid":
        # The source stays text: a script may draw it elsewhere, and without one it can be read.
        return f'<figure class="mermaid"><pre>{escape(source)}</pre></figure>\n'
    if language == "math":
        return block_of_math(source)
    return _listing(source, language)


def _listing(source: str, language: str) -> str:
    label = f'<span class="lang">{escape(language)}</span>' if language else ""
    # Whoever uses the keyboard can scroll a long line: tabindex.
    return f'<div class="code">{label}<pre tabindex="0"><code>{highlight(source, language)}</code></pre></div>\n'
