"""Somebody new comes in."""

from playwright.sync_api import expect

from core.tests.browser.visitors import Visitors
from core.tests.servers import Server


def test_whoever_makes_an_account_stands_before_an_empty_book(house: Server, visit: Visitors) -> None:
    page = visit(house)
    page.goto("/")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Your name").fill("Mallory Weiss")
    page.get_by_label("E-mail").fill("mallory@example.org")
    page.get_by_label("Password").fill("a-long-sentence-of-hers")
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_role("heading", name="Welcome, Mallory Weiss")).to_be_visible()
    expect(page.get_by_role("link", name="Begin a notebook")).to_be_visible()


def test_a_password_that_is_too_short_is_refused_beside_the_field(house: Server, visit: Visitors) -> None:
    visit.excuse("status of 4")
    page = visit(house)
    page.goto("/accounts/signup/")
    page.get_by_label("Your name").fill("Mallory Weiss")
    page.get_by_label("E-mail").fill("mallory2@example.org")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make an account").click()
    field = page.get_by_label("Password")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("This password is too short")).to_be_visible()
