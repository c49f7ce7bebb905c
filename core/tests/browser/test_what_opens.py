"""Menus, panels and refusals are for everybody too, in both themes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.tests.browser import axe
from core.tests.browser.hands import Place, begin
from core.tests.browser.notepage import light, open_note, writing
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Server


@pytest.fixture(scope="module")
def place(house: Server) -> Place:
    return begin(house, "Openings")


def menu_of_the_note(page: Page, place: Place) -> None:
    open_note(page, place.note)
    page.get_by_role("button", name="More about this note").click()
    expect(page.get_by_role("link", name="Read or print")).to_be_visible()


def menu_of_the_notebook(page: Page, place: Place) -> None:
    page.goto(place.notebook)
    page.get_by_role("button", name="More about this notebook").click()
    expect(page.get_by_role("button", name="Archive").filter(visible=True)).to_be_visible()


def new_note(page: Page, place: Place) -> None:
    page.goto(place.notebook)
    page.get_by_role("button", name="New note").click()
    expect(page.get_by_label("Title")).to_be_focused()


def find_and_replace(page: Page, place: Place) -> None:
    open_note(page, place.note)
    writing(page).focus()
    page.keyboard.press("Control+f")
    expect(page.get_by_role("search", name="In this note")).to_be_visible()


def what_the_light_means(page: Page, place: Place) -> None:
    open_note(page, place.note)
    light(page).hover()
    expect(page.get_by_role("tooltip")).to_contain_text("The database holds every letter on this screen.")


def the_outline(page: Page, place: Place) -> None:
    open_note(page, place.note)
    page.get_by_role("radio", name="Outline").check()
    expect(page.get_by_role("navigation", name="Outline")).to_be_visible()


def a_refused_form(page: Page, place: Place) -> None:
    page.goto("/notebooks/new")
    page.get_by_role("button", name="Begin the notebook").click()
    expect(page.get_by_label("Title")).to_have_attribute("aria-invalid", "true")


def an_invitation(page: Page, place: Place) -> None:
    page.goto(f"{place.notebook}people")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("Invitation link")).to_be_visible()


def a_removal(page: Page, place: Place) -> None:
    page.goto(f"{place.notebook}people")
    page.get_by_role("button", name="Remove Ben Okafor").first.click()
    expect(page.get_by_text("will not see this notebook any more")).to_be_visible()


def a_toast(page: Page, place: Place) -> None:
    page.goto(f"{place.notebook}settings")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def company(page: Page, place: Place) -> None:
    page.goto(place.notebook)
    expect(page.locator("#presence")).to_contain_text("Ben Okafor")


OPENINGS = [
    menu_of_the_note,
    menu_of_the_notebook,
    new_note,
    find_and_replace,
    what_the_light_means,
    the_outline,
    a_refused_form,
    an_invitation,
    a_removal,
    a_toast,
]


@pytest.mark.parametrize("opening", OPENINGS, ids=lambda it: it.__name__)
def test_what_opens_is_for_everybody(
    house: Server, visit: Visitors, place: Place, opening: Callable[[Page, Place], None]
) -> None:
    visit.excuse("status of 422")
    page = visit(house, ADA)
    opening(page, place)
    assert axe.violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert axe.violations(page, axe.CONTRAST) == []


def test_who_is_here_is_for_everybody(house: Server, visit: Visitors, place: Place) -> None:
    ben = visit(house, BEN)
    open_note(ben, place.note)
    ada = visit(house, ADA)
    company(ada, place)
    assert axe.violations(ada) == []
    open_note(ada, place.note)
    ben.keyboard.type("Words")
    expect(ada.locator("[data-editor] .caret")).to_have_count(1)
    assert axe.violations(ada) == []
