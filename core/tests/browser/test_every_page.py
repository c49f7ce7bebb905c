"""What holds on every page: axe finds nothing, nothing sticks out of a phone, no console complains."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from core.tests.browser import axe, pages
from core.tests.browser.notepage import light
from core.tests.browser.visitors import DESK, PHONE, Visitors
from core.tests.servers import Server

# Structure does not change with the colours, so all rules are tried once at each width.
LOOKS: list[tuple[ViewportSize, Literal["light", "dark"], dict[str, Any]]] = [
    (DESK, "light", axe.EVERYTHING),
    (DESK, "dark", axe.CONTRAST),
    (PHONE, "dark", axe.EVERYTHING),
    (PHONE, "light", axe.CONTRAST),
]


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
    for viewport, theme, rules in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=theme)
        look = f"{theme}, {viewport['width']} px wide"
        assert "\n".join(axe.violations(page, rules)) == "", look
        assert sticking_out(page) == [], look


def sticking_out(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.body.querySelectorAll("*")].filter((it) => it.getBoundingClientRect().right > innerWidth + 1)
            .map((it) => `${it.tagName} ${it.className}`).slice(0, 5).concat("the page scrolls sideways")"""
    )
