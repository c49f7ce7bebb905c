"""People with a browser each. Their consoles are watched: what a page complains about fails the test."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, ViewportSize

from core.tests.browser.chromium import PATIENCE_MS
from core.tests.servers import Server

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
AWAY = r"net::ERR_|WebSocket connection to .* failed|htmx:ws:error"  # what is said of a server that is not there
# Whoever leaves a page early cuts its sockets off while they open.
LEAVING = r"WebSocket is closed before the connection is established"


class Visitors:
    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []
        self._excused = [LEAVING]

    def __call__(self, server: Server, email: str = "", **options: Any) -> Page:
        """A page in a new browser context, signed in as `email` if there is one. `options` are Playwright's."""
        options = {"viewport": DESK, "reduced_motion": "reduce", "locale": "en-GB", "timezone_id": "UTC"} | options
        context = self._browser.new_context(base_url=server.url, **options)
        context.set_default_timeout(PATIENCE_MS)
        if email:
            pairs = (pair.split("=", 1) for pair in server.cookie(email).split("; "))
            context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in pairs])
        context.on("console", self._heard)
        context.on("weberror", lambda error: self._complain(f"uncaught: {error.error}"))
        self._contexts.append(context)
        return context.new_page()

    def excuse(self, *patterns: str) -> None:
        """Complaints that this test brings about itself."""
        self._excused += patterns

    def keep_pictures(self, folder: Path, name: str) -> None:
        folder.mkdir(exist_ok=True)
        pages = [page for context in self._contexts for page in context.pages]
        for number, page in enumerate(pages, start=1):
            path = folder / f"{re.sub(r'[^a-z0-9_-]+', '-', name, flags=re.I)}-{number}.png"
            try:
                page.screenshot(path=path, timeout=PATIENCE_MS)
            except Error as error:
                print(f"No picture of {page.url}: {error.message}")
            else:
                print(f"{path} shows {page.url}")

    def close(self) -> list[str]:
        """What the consoles complained about, besides what is excused."""
        for context in self._contexts:
            context.close()
        excused = [re.compile(pattern) for pattern in self._excused]
        return [said for said in self._complaints if not any(pattern.search(said) for pattern in excused)]

    def _heard(self, message: ConsoleMessage) -> None:
        # Violations of the content security policy are errors of the console too.
        if message.type in ("error", "warning"):
            self._complain(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _complain(self, said: str) -> None:
        self._complaints.append(said)
