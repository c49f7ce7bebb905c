"""Paper or ink: as the system has it, or as one chose."""

from playwright.sync_api import Page, expect

from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, Server

PAPER, INK = "rgb(251, 250, 246)", "rgb(21, 23, 27)"


def test_without_a_choice_it_follows_the_system(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA, color_scheme="dark")
    ada.goto("/")
    expect(ada.locator("body")).to_have_css("background-color", INK)
    ada.emulate_media(color_scheme="light")
    expect(ada.locator("body")).to_have_css("background-color", PAPER)


def test_a_choice_holds_on_the_next_page_before_any_script_runs(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA, color_scheme="light")
    ada.goto("/")
    ada.get_by_role("button", name="Switch between light and dark").click()
    expect(ada.locator("body")).to_have_css("background-color", INK)
    without_scripts(ada)
    ada.goto("/removed")
    expect(ada.locator("html")).to_have_attribute("data-theme", "ink")
    expect(ada.locator("body")).to_have_css("background-color", INK)


def without_scripts(page: Page) -> None:
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))


def test_the_profile_page_sets_it_too_and_can_give_it_back(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA, color_scheme="light")
    ada.goto("/accounts/profile/")
    for choice, colour in (("Ink", INK), ("As the system", PAPER)):
        ada.get_by_role("group", name="Theme").get_by_text(choice, exact=True).click()
        ada.get_by_role("button", name="Save").click()
        expect(ada.get_by_role("group", name="Theme").get_by_label(choice)).to_be_checked()
        expect(ada.locator("body")).to_have_css("background-color", colour)
