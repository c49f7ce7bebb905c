"""What holds on every page: axe finds nothing, nothing sticks out of a phone, no console complains."""

import pytest
from playwright.sync_api import expect

from core.tests.browser import pages
from core.tests.browser.looks import look_well
from core.tests.browser.notepage import light
from core.tests.browser.visitors import Visitors
from core.tests.servers import Server


@pytest.fixture(scope="module")
def ground(house: Server) -> pages.Ground:
    return pages.lay(house)


@pytest.mark.parametrize(("email", "name", "pattern"), pages.ALL, ids=[name for _, name, _ in pages.ALL])
def test_page_is_for_everybody(
    house: Server, visit: Visitors, ground: pages.Ground, email: str, name: str, pattern: str
) -> None:
    visit.excuse("status of (403|404)")  # of the page itself, where that is what it is about
    page = visit(house, email)
    page.goto(ground.path(pattern))
    if page.locator("[data-note]").count():
        expect(light(page)).not_to_have_text("Opening")
    look_well(page)
