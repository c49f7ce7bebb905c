"""Every template compiles, and none has what the content security policy would block."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from core.lib.env import BASE_DIR

TEMPLATES = sorted((BASE_DIR / "templates").rglob("*.html"))
INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")[^>]*>"),
    "a style attribute": re.compile(r"<[^>%]*\sstyle="),
    "an event attribute": re.compile(r"<[a-z][^>%]*\son[a-z]+="),
    "htmx code in an attribute": re.compile(r"\shx-on[:-]|\shx-vals=.js:"),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(BASE_DIR / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles(path: Path) -> None:
    get_template(name_of(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_no_inline_code(path: Path) -> None:
    if "emails" in path.parts or path.name.startswith("email"):
        return
    text = path.read_text()
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []
