"""From Ada's key to Ben's screen: real server, real browsers, one note.

The clock starts in Ada's page at the key event. It stops in Ben's page when the character is in the DOM of his editor,
and again at the frame that draws it. Both pages read the same machine's clock.
"""

import random
import time

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figures import HEAD, row
from core.tests.browser import chromium
from core.tests.browser.hands import begin
from core.tests.browser.notepage import open_note, writing
from core.tests.servers import ADA, BEN, Server

LINE = 50  # keys; then a new line, so that the text looks like one

# x is in nobody's name: what stands in the editor besides the text are the names of others.
WATCH = """() => {
  const content = document.querySelector("[data-editor] .cm-content");
  window.seen = []; window.drawn = [];
  const now = () => performance.timeOrigin + performance.now();
  new MutationObserver(() => {
    const count = (content.textContent.match(/x/g) || []).length;
    while (window.seen.length < count) {
      window.seen.push(now());
      requestAnimationFrame(() => window.drawn.push(now()));
    }
  }).observe(content, { childList: true, characterData: true, subtree: true });
}"""
DRAWN = """(number) => new Promise((resolve, reject) => {
  const late = setTimeout(() => reject(new Error(`key ${number} did not arrive`)), 10000);
  const look = () => {
    if (window.drawn.length < number) return setTimeout(look, 5);
    clearTimeout(late);
    resolve(null);
  };
  look();
})"""
PRESS = """() => {
  window.pressed = [];
  document.addEventListener("keydown", (event) => {
    if (event.key === "x") window.pressed.push(performance.timeOrigin + performance.now());
  }, { capture: true });
}"""


def measure(server: Server, keys: int) -> list[str]:
    """Rows of the table."""
    note = begin(server, "Keystrokes").note
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        ada, ben = (visitor(browser, server, email) for email in (ADA, BEN))
        for page in (ada, ben):
            open_note(page, server.url + note)
        ada.evaluate(PRESS)
        ben.evaluate(WATCH)
        type_all(ada, ben, keys)
        pressed: list[float] = ada.evaluate("window.pressed")
        seen: list[float] = ben.evaluate("window.seen")
        drawn: list[float] = ben.evaluate("window.drawn")
        browser.close()
    assert len(pressed) == len(seen) == len(drawn) == keys
    return [
        HEAD,
        row("key to the other editor's DOM", [to - at for at, to in zip(pressed, seen, strict=True)]),
        row("key to the frame that draws it", [to - at for at, to in zip(pressed, drawn, strict=True)]),
    ]


def visitor(browser: Browser, server: Server, email: str) -> Page:
    context = browser.new_context()
    cookies = (pair.split("=", 1) for pair in server.cookie(email).split("; "))
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies])
    return context.new_page()


def type_all(ada: Page, ben: Page, keys: int) -> None:
    """One key at a time, each seen by the other before the next, at a person's irregular pace."""
    pace = random.Random(1)  # the same pauses each time
    writing(ada).focus()
    for number in range(1, keys + 1):
        ada.keyboard.press("x")
        ben.evaluate(DRAWN, number)
        if number % LINE == 0:
            ada.keyboard.press("Enter")
        time.sleep(pace.uniform(0.02, 0.12))
