"""What the browser tests share: one Chromium, one server that nobody stops, and people who visit it."""

from collections.abc import Generator, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from core.lib.env import BASE_DIR
from core.tests.browser import chromium
from core.tests.browser.visitors import Visitors
from core.tests.servers import Server, Templates, servers

PICTURES = BASE_DIR / "test-results"
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    expect.set_options(timeout=chromium.PATIENCE_MS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def house(_templates: Templates) -> Iterator[Server]:
    """The server of all tests that leave it running. Each begins notebooks of its own."""
    with servers(_templates) as running:
        yield running.serve()


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visitors]:
    """`visit(house, ADA)` opens a page in a browser of Ada's own. In the end no console may have complained."""
    visitors = Visitors(browser)
    yield visitors
    if request.node.stash.get(FAILED, False):
        visitors.keep_pictures(PICTURES, request.node.name)
    complaints = visitors.close()
    assert not complaints, "The browser complained:\n" + "\n".join(complaints)
