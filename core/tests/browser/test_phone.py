"""360 px wide, and touched instead of clicked."""

from playwright.sync_api import Page, expect

from core.tests.browser import axe
from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_text, light, writing
from core.tests.browser.visitors import PHONE, Visitors
from core.tests.servers import ADA, Server


def phone(house: Server, visit: Visitors) -> Page:
    return visit(house, ADA, viewport=PHONE, has_touch=True, is_mobile=True)


def test_one_reads_first_and_writes_with_one_touch(house: Server, visit: Visitors) -> None:
    ada = phone(house, visit)
    ada.goto(begin(house).note)
    expect(light(ada)).to_be_visible()
    ada.get_by_role("button", name="Write", exact=True).filter(visible=True).tap()
    writing(ada).tap()
    ada.keyboard.type("From the tram.")
    expect_text(ada, "From the tram.")
    expect(light(ada)).to_be_visible()
    expect(ada.get_by_role("toolbar", name="Marks")).to_be_visible()
    ada.get_by_role("button", name="Read", exact=True).filter(visible=True).tap()
    expect(ada.locator("[data-preview]")).to_have_text("From the tram.")
    expect(writing(ada)).to_be_hidden()


def test_activity_and_outline_are_sheets(house: Server, visit: Visitors) -> None:
    ada = phone(house, visit)
    ada.goto(begin(house).note)
    for name in ("Activity", "Outline"):
        sheet = ada.get_by_role("heading", name=name, level=2).filter(visible=True)
        expect(sheet).to_have_count(0)
        ada.locator(".note-foot").get_by_role("button", name=name).tap()
        expect(sheet).to_be_visible()
        assert axe.violations(ada) == []
        ada.get_by_role("button", name="Close").filter(visible=True).tap()
        expect(sheet).to_have_count(0)


def test_the_notebooks_are_a_sheet_that_leads_on(house: Server, visit: Visitors) -> None:
    place = begin(house, "Pocket")
    ada = phone(house, visit)
    ada.goto("/")
    notebooks = ada.get_by_role("navigation", name="Notebooks")
    expect(notebooks).to_be_hidden()
    ada.get_by_role("button", name="Notebooks").tap()
    expect(notebooks).to_be_visible()
    assert axe.violations(ada) == []
    notebooks.get_by_role("link", name="About pocket").tap()
    expect(ada).to_have_url(house.url + place.notebook)
