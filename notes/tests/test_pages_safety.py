"""What keeps a page safe: no code or style inside it, a policy that forbids them, tokens in every form."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from core.accounts.models import User
from core.lib.env import BASE_DIR
from notes.models import Note, Notebook

TEMPLATES = sorted(Path(BASE_DIR / "templates").rglob("*.html"))
INLINE_STYLE = re.compile(r"<[^>]+\sstyle\s*=|<style\b", re.IGNORECASE)
INLINE_HANDLER = re.compile(r"<[^>]+\son[a-z]+\s*=|\bhx-on\b|javascript:", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)
FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.IGNORECASE | re.DOTALL)


def without_comments(template: str) -> str:
    return re.sub(r"{% comment %}.*?{% endcomment %}", "", template, flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_a_template_holds_neither_style_nor_code(path: Path) -> None:
    template = without_comments(path.read_text())
    assert not INLINE_STYLE.search(template)
    assert not INLINE_HANDLER.search(template)
    for attributes in SCRIPT.findall(template):
        assert "src=" in attributes
    assert "|safe" not in template
    assert "autoescape off" not in template


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_every_form_that_changes_something_carries_its_token(path: Path) -> None:
    for form in FORM.findall(path.read_text()):
        assert "{% csrf_token %}" in form or 'include "notes/notebooks/form_fields.html"' in form, form[:120]


@pytest.fixture
def pages(client: Client, ada: User, handshake: Note, networking: Notebook) -> Iterator[tuple[str, str]]:
    client.force_login(ada)
    urls = [
        "/",
        networking.get_absolute_url(),
        handshake.get_absolute_url(),
        f"/notes/{handshake.public_id}/read",
        f"/notebooks/{networking.public_id}/people",
        "/accounts/profile/",
        "/removed",
        "/palette",
        "/notes/nothing/",
    ]
    return ((url, client.get(url).content.decode()) for url in urls)


def test_an_answer_holds_neither_style_nor_code(pages: Iterator[tuple[str, str]]) -> None:
    for url, page in pages:
        assert not INLINE_STYLE.search(page), url
        assert not INLINE_HANDLER.search(page), url
        assert all("src=" in attributes for attributes in SCRIPT.findall(page)), url


def test_no_primary_key_is_a_name_on_a_page(pages: Iterator[tuple[str, str]]) -> None:
    for url, page in pages:
        assert not re.search(r'(?:href|action|formaction|hx-(?:get|post))="/(?:notes|notebooks)/\d+/', page), url


@pytest.mark.parametrize("url", ["/accounts/login/", "/notes/nothing/", "/nothing"])
def test_every_answer_carries_the_policy(client: Client, db: None, url: str) -> None:
    policy = client.get(url)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy


def test_a_form_without_its_token_changes_nothing(ada: User, handshake: Note) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    answer = client.post(f"/notes/{handshake.public_id}/delete")
    assert answer.status_code == 403
    assert "The form was too old" in answer.content.decode()
    handshake.refresh_from_db()
    assert handshake.deleted_at is None
