"""The Markdown that a note may hold: CommonMark, and what GitHub's readers are used to."""

import re
from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from notes.markdown import autolinks, callouts, code, footnotes, headings, images, mathml, tables, tasks

SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
SCHEMES = frozenset({"http", "https", "mailto"})
NESTING_LEVELS = 20


class NoteMarkdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  # the library's name
        """Links of three schemes, and those without one. Anything else stays text."""
        scheme = SCHEME.match(url.strip())
        return scheme is None or scheme[1].lower() in SCHEMES


@cache
def parser() -> MarkdownIt:
    # No typographer: its quotes are quadratic, 100 KB of them take 4.5 s. No HTML: what looks like a tag is text.
    # Breaks: whoever presses Enter sees a new line.
    options = {"html": False, "linkify": False, "typographer": False, "breaks": True, "maxNesting": NESTING_LEVELS}
    md = NoteMarkdown("js-default", {**options, "tasklists": True})
    md.use(footnote_plugin)
    md.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,  # so that "$5 and $6" is money
        allow_digits=False,
        allow_blank_lines=False,
        double_inline=True,
    )
    for part in (autolinks, callouts, tasks, tables, headings, images, footnotes, code, mathml):
        part.install(md)
    return md
