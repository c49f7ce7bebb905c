"""Colours for code: Pygments knows the languages, five classes say what a reader needs to tell apart."""

from functools import lru_cache
from html import escape
from itertools import groupby

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Literal, Name, Number, Operator, String, Token, _TokenType
from pygments.util import ClassNotFound

from notes.markdown.patience import ImpatientError, bounded

HIGHLIGHT_CHARACTERS = 50_000  # a longer listing stays plain

CLASSES: dict[_TokenType, str] = {
    Keyword: "k",
    Operator.Word: "k",
    Name.Tag: "k",
    String: "s",
    Generic.Inserted: "s",
    Number: "n",
    Literal: "n",
    Generic.Deleted: "n",
    Keyword.Constant: "n",
    Comment: "c",
    Generic.Prompt: "c",
    Generic.Subheading: "c",
    Name.Function: "f",
    Name.Builtin: "f",
    Name.Builtin.Pseudo: "",
    Name.Class: "f",
    Name.Decorator: "f",
    Name.Attribute: "f",
    Generic.Heading: "f",
    Token: "",
}


def highlight(source: str, language: str) -> str:
    """Escaped HTML with spans. Plain, if the language is unknown or its lexer needs too long."""
    lexer = _lexer(language) if language and len(source) <= HIGHLIGHT_CHARACTERS else None
    if lexer is None:
        return escape(source)
    try:
        with bounded():
            return _coloured(source, lexer)
    except ImpatientError:
        return escape(source)


@lru_cache(maxsize=128)  # while a note is written, its other listings are set again and again
def _coloured(source: str, lexer: Lexer) -> str:
    pieces = ((_class_of(kind), text) for kind, text in lexer.get_tokens(source))
    return "".join(_span(name, "".join(text for _, text in run)) for name, run in groupby(pieces, lambda p: p[0]))


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=1024)
def _class_of(kind: _TokenType) -> str:
    while kind not in CLASSES:
        assert kind.parent is not None  # every kind descends from Token
        kind = kind.parent
    return CLASSES[kind]


def _span(name: str, text: str) -> str:
    # White space needs no colour, and most of a listing's spans would be that.
    return f'<span class="{name}">{escape(text)}</span>' if name and not text.isspace() else escape(text)
