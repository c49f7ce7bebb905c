"""What holds for a page in both themes, on a desk and on a phone."""

from typing import Any, Literal

from playwright.sync_api import Page, ViewportSize

from core.tests.browser import axe
from core.tests.browser.visitors import DESK, PHONE

# Structure does not change with the colours, so all rules are tried once at each width.
LOOKS: list[tuple[ViewportSize, Literal["light", "dark"], dict[str, Any]]] = [
    (DESK, "light", axe.EVERYTHING),
    (DESK, "dark", axe.CONTRAST),
    (PHONE, "dark", axe.EVERYTHING),
    (PHONE, "light", axe.CONTRAST),
]


def look_well(page: Page) -> None:
    """axe finds nothing, and nothing sticks out."""
    for viewport, theme, rules in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=theme)
        look = f"{page.url}, {theme}, {viewport['width']} px wide"
        assert "\n".join(axe.violations(page, rules)) == "", look
        assert sticking_out(page) == [], look


def sticking_out(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.body.querySelectorAll("*")].filter((it) => it.getBoundingClientRect().right > innerWidth + 1)
            .map((it) => `${it.tagName} ${it.className}`).slice(0, 5).concat("the page scrolls sideways")"""
    )
