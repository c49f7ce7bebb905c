"""The second lock: whatever the renderer made, only these tags, attributes and schemes leave the house."""

from typing import Final

import nh3

HTML_TAGS: Final = """
    a blockquote br code del div em figure h1 h2 h3 h4 h5 h6 hr li ol p pre s section span strong sup
    table tbody td th thead tr ul
"""
MATH_TAGS: Final = """
    math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow mspace msqrt
    mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
"""
TAGS: Final = frozenset(f"{HTML_TAGS} {MATH_TAGS}".split())
MATH_SPACE: Final = frozenset({"width", "height", "depth", "lspace", "rspace", "voffset"})
ATTRIBUTES: Final = {
    "a": {"href", "title", "id", "aria-label"},
    "ol": {"start"},
    "li": {"id"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "pre": {"tabindex"},
    "span": {"aria-label"},
    "section": {"aria-label"},
    "math": {"display", "alttext"},
    "mfrac": {"linethickness"},
    "mi": {"mathvariant"},
    "mo": {"fence", "form", "largeop", "maxsize", "minsize", "movablelimits", "separator", "stretchy", "symmetric"}
    | {"accent", "lspace", "rspace"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "munderover": {"accent", "accentunder"},
    "mpadded": set(MATH_SPACE),
    "mspace": set(MATH_SPACE),
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"displaystyle"},
    "menclose": {"notation"},
}
VALUES: Final = {
    "div": {"role": {"note"}},
    "span": {"role": {"img"}},
    "section": {"role": {"doc-endnotes"}},
}
CALLOUTS: Final = {f"callout-{kind}" for kind in ("note", "tip", "important", "warning", "caution")}
ALIGNMENT: Final = frozenset({"to-left", "to-center", "to-right"})
CLASSES: Final = {
    "a": {"image", "fnback"},
    "code": {"tex"},
    "div": {"code", "math", "callout", *CALLOUTS},
    "figure": {"mermaid"},
    "li": {"task"},
    "mtd": set(ALIGNMENT),
    "ol": {"tasks"},
    "td": set(ALIGNMENT),
    "th": set(ALIGNMENT),
    "p": {"plain", "notice"},
    "section": {"footnotes"},
    "span": {"k", "s", "n", "c", "f", "lang", "box", "on"},
    "sup": {"fnref"},
    "ul": {"tasks"},
}
SCHEMES: Final = {"http", "https", "mailto"}
REL: Final = "noopener noreferrer nofollow ugc"
ID_PREFIX: Final = "p-"

_cleaner = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    tag_attribute_values=VALUES,
    allowed_classes=CLASSES,
    url_schemes=SCHEMES,
    link_rel=REL,
    id_prefix=ID_PREFIX,
    strip_comments=True,
)


def sanitise(html: str) -> str:
    return _cleaner.clean(html)
