"""A note's page, as the people of the tests use it."""

import html
import re

from playwright.sync_api import Locator, Page, expect

from core.tests.servers import ADA, Server
from core.tests.services import wait_until

SAVED = re.compile(r"\blamp-saved\b")
# The text of the editor, from CodeMirror itself: the screen shows only the lines in view, and other people's names.
TEXT = "document.querySelector('[data-editor] .cm-content')?.cmTile.root.view.state.doc.toString()"


def open_note(page: Page, path: str) -> None:
    """Returns when the editor stands, holds what the server holds, and the light says so."""
    page.goto(path)
    expect(writing(page)).to_be_visible()
    expect(lamp(page)).to_have_class(re.compile("lamp-saved|lamp-read"))


def writing(page: Page) -> Locator:
    """What one writes in."""
    return page.locator("[data-editor] .cm-content")


def lamp(page: Page) -> Locator:
    return page.locator("[data-lamp]")


def light(page: Page) -> Locator:
    return page.locator("[data-light-text]")


def write(page: Page, text: str, *, at: str = "Control+End") -> None:
    """Puts the cursor at the end, or where the key `at` brings it, and types."""
    writing(page).focus()
    page.keyboard.press(at)
    page.keyboard.type(text)


def text_of(page: Page) -> str:
    return str(page.evaluate(TEXT))


def expect_text(page: Page, text: str) -> None:
    """Waits until the editor holds exactly this."""
    try:
        wait_until(lambda: text_of(page) == text, "the text is there", seconds=15)
    except TimeoutError:
        assert text_of(page) == text


def stored(server: Server, note: str) -> str:
    """The text as the database has it."""
    status, page = server.get(note, ADA)
    found = re.search(r"<pre[^>]*data-editor-fallback[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert found, f"no text on the page ({status})"
    return html.unescape(found[1])


def expect_stored(server: Server, note: str, text: str) -> None:
    try:
        wait_until(lambda: stored(server, note) == text, "the text is stored", seconds=15)
    except TimeoutError:
        assert stored(server, note) == text
