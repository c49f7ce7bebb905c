"""Callouts: a quotation that begins with `[!tip] Remember`."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

MARK = re.compile(r"\[!([a-z]{2,12})\][+-]?(?:[ \t]+|$)", re.IGNORECASE)

# The five kinds, and the names that other programs have for them.
KINDS = {
    **dict.fromkeys(("note", "info", "abstract", "summary", "example", "quote", "todo"), "note"),
    **dict.fromkeys(("tip", "hint", "success", "check", "done"), "tip"),
    **dict.fromkeys(("important", "question", "help", "faq"), "important"),
    **dict.fromkeys(("warning", "attention"), "warning"),
    **dict.fromkeys(("caution", "danger", "error", "failure", "fail", "bug"), "caution"),
}


def install(md: MarkdownIt) -> None:
    md.core.ruler.after("block", "callouts", make_callouts)


def make_callouts(state: StateCore) -> None:
    """Runs before the text of paragraphs is parsed, so that a title may hold emphasis, code and links."""
    tokens: list[Token] = []
    closing: list[bool] = []  # of the quotations around: is it a callout?
    skip = -1
    for index, token in enumerate(state.tokens):
        if token.type == "blockquote_open":
            title = _title_of(state.tokens, index)
            closing.append(title is not None)
            if title is not None:
                tokens.extend(_opening(token, *title))
                skip = index + 3 if not state.tokens[index + 2].content else -1
                continue
        elif token.type == "blockquote_close" and closing.pop():
            token.type, token.tag = "callout_close", "div"
        # A paragraph that held nothing but the title leaves with it.
        if index <= skip:
            continue
        tokens.append(token)
    state.tokens = tokens


def _title_of(tokens: list[Token], index: int) -> tuple[str, str] | None:
    """(kind, title) of the quotation that opens at `index`; takes the line off its first paragraph."""
    if index + 2 >= len(tokens) or tokens[index + 1].type != "paragraph_open":
        return None
    text = tokens[index + 2]
    first, _, rest = text.content.partition("\n")
    mark = MARK.match(first)
    if mark is None or mark[1].lower() not in KINDS:
        return None
    text.content = rest
    return mark[1].lower(), first[mark.end() :].strip() or mark[1].capitalize()


def _opening(quotation: Token, kind: str, title: str) -> list[Token]:
    attributes: dict[str, str | int | float] = {"class": f"callout callout-{KINDS[kind]}", "role": "note"}
    level = quotation.level
    return [
        Token("callout_open", "div", 1, attrs=attributes, map=quotation.map, level=level, block=True),
        Token("callout_title_open", "strong", 1, level=level + 1, block=True),
        Token("inline", "", 0, content=title, children=[], map=quotation.map, level=level + 2, block=True),
        Token("callout_title_close", "strong", -1, level=level + 1, block=True),
    ]
