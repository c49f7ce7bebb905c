"""In by the door, and out again."""

from playwright.sync_api import expect

from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, PASSWORD, Server


def test_after_signing_in_one_is_where_one_wanted_to_go(house: Server, visit: Visitors) -> None:
    page = visit(house)
    page.goto("/removed")
    page.get_by_label("E-mail").fill(ADA)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{house.url}/removed")


def test_a_wrong_password_is_said_and_nobody_is_let_in(house: Server, visit: Visitors) -> None:
    visit.excuse("status of 4")
    page = visit(house)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(ADA)
    page.get_by_label("Password").fill("not-hers-at-all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_who_signs_out_is_outside(house: Server, visit: Visitors) -> None:
    page = visit(house)
    page.goto("/accounts/login/?next=/accounts/profile/")
    page.get_by_label("E-mail").fill(ADA)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
