r"""Formulas: LaTeX between dollars, set as MathML, which browsers draw without a script.

Only the converter's tree is used, never its text output: that unescapes `\text{<script>}`.
"""

import re
import unicodedata
from functools import lru_cache
from html import escape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter
from markdown_it import MarkdownIt

from notes.markdown.patience import bounded
from notes.markdown.rules import draw

FORMULA_CHARACTERS = 4_000
# Definitions can double at every step: \def\a{xx}\def\b{\a\a}... A note has no use for them.
DEFINITIONS = re.compile(r"\\(?:def|newcommand|renewcommand|DeclareMathOperator|newenvironment)(?![a-zA-Z])")
CHARACTER = re.compile(r"&#x([0-9A-Fa-f]{1,6});")
LETTER = re.compile(r"LATIN (CAPITAL|SMALL) LETTER ([A-Z])|DIGIT ([A-Z]+)|GREEK (CAPITAL|SMALL) LETTER ([A-Z]+)")
# Browsers know no mathvariant but normal; Unicode has letters for the others.
VARIANTS = {
    "bold": "MATHEMATICAL BOLD",
    "italic": "MATHEMATICAL ITALIC",
    "bold-italic": "MATHEMATICAL BOLD ITALIC",
    "double-struck": "MATHEMATICAL DOUBLE-STRUCK",
    "script": "MATHEMATICAL SCRIPT",
    "bold-script": "MATHEMATICAL BOLD SCRIPT",
    "fraktur": "MATHEMATICAL FRAKTUR",
    "bold-fraktur": "MATHEMATICAL BOLD FRAKTUR",
    "sans-serif": "MATHEMATICAL SANS-SERIF",
    "monospace": "MATHEMATICAL MONOSPACE",
}


def install(md: MarkdownIt) -> None:
    draw(md, "math_inline", lambda token: mathml(token.content.strip(), display=False))
    draw(md, "math_inline_double", lambda token: mathml(token.content.strip(), display=True))
    draw(md, "math_block", lambda token: block_of_math(token.content))


def block_of_math(source: str) -> str:
    return f'<div class="math">{mathml(source.strip(), display=True)}</div>\n'


def mathml(source: str, *, display: bool) -> str:
    """A `<math>` element, or the source as code if it cannot be read."""
    if len(source) > FORMULA_CHARACTERS or DEFINITIONS.search(source):
        return _as_code(source)
    try:
        with bounded():
            return _converted(source, "block" if display else "inline")
    except Exception:  # noqa: BLE001  # a dozen unrelated types; IndexError, RecursionError, our own impatience
        return _as_code(source)


@lru_cache(maxsize=512)
def _converted(source: str, display: str) -> str:
    tree = Converter(display=display).convert_to_element(source)
    _tidy(tree)
    tree.set("alttext", source)
    tree.attrib.pop("xmlns", None)
    return tostring(tree, encoding="unicode")


def _as_code(source: str) -> str:
    return f'<code class="tex">{escape(source)}</code>'


def _tidy(tree: Element) -> None:
    """Makes characters of the converter's `&#x..;`, and letters of its variants; names alignment as a class."""
    for element in tree.iter():
        element.text = CHARACTER.sub(lambda found: chr(int(found[1], 16)), element.text or "")
        variant = VARIANTS.get(element.get("mathvariant", ""))
        if variant and element.tag in ("mi", "mn", "mtext"):
            element.text = "".join(_letter(character, variant) for character in element.text)
            element.attrib.pop("mathvariant")
        if element.get("columnalign") in ("left", "right"):
            element.set("class", f"to-{element.attrib.pop('columnalign')}")


def _letter(character: str, variant: str) -> str:
    """`R` in double-struck is `ℝ`; a character that has no such form stays."""
    name = unicodedata.name(character, "")
    kind = LETTER.fullmatch(name)
    if kind is None:
        return character
    tail = f"DIGIT {kind[3]}" if kind[3] else f"{kind[1] or kind[4]} {kind[2] or kind[5]}"
    # Some forms were there before the rest and bear a shorter name, such as DOUBLE-STRUCK CAPITAL R.
    for wanted in (f"{variant} {tail}", f"{variant} {tail}".removeprefix("MATHEMATICAL "), f"BLACK-LETTER {tail}"):
        try:
            return unicodedata.lookup(wanted)
        except KeyError:
            continue
    return character
