"""A link brings somebody in who has no account yet."""

from playwright.sync_api import expect

from core.tests.browser.hands import Hand, begin
from core.tests.browser.notepage import expect_text, open_note, write
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Server


def test_whoever_gets_a_link_signs_up_joins_and_writes(house: Server, visit: Visitors) -> None:
    place = begin(house, "For guests", editors=())
    ada, guest = visit(house, ADA), visit(house)
    ada.goto(f"{place.notebook}people")
    ada.get_by_role("button", name="Make a link").click()
    link = ada.get_by_role("textbox", name="Invitation link").input_value()

    guest.goto(link)
    expect(guest.get_by_role("heading", name="About for guests")).to_be_visible()
    guest.get_by_role("link", name="Make an account and join").click()
    guest.get_by_label("Your name").fill("Emre Kaya")
    guest.get_by_label("E-mail").fill("emre@example.org")
    guest.get_by_label("Password").fill("a-long-sentence-of-his")
    guest.get_by_role("button", name="Make an account").click()
    expect(guest).to_have_url(house.url + place.notebook)
    expect(ada.locator("#people")).to_contain_text("Emre Kaya")
    expect(ada.get_by_label("What Emre Kaya may do")).to_be_visible()

    open_note(ada, place.note)
    open_note(guest, place.note)
    write(guest, "Thank you for asking me.")
    expect_text(ada, "Thank you for asking me.")
    expect(ada.locator("[data-editor] .caret .flag")).to_have_text("Emre Kaya")


def test_a_link_that_was_used_lets_nobody_else_in(house: Server, visit: Visitors) -> None:
    visit.excuse("status of 410")
    place = begin(house, "Closed again", editors=())
    ada, mallory = visit(house, ADA), visit(house)
    ada.goto(f"{place.notebook}people")
    ada.get_by_role("button", name="Make a link").click()
    link = ada.get_by_role("textbox", name="Invitation link").input_value()
    Hand(house, BEN).post(link.removeprefix(house.url))
    answer = mallory.goto(link)
    assert answer
    assert answer.status == 410
    expect(mallory.get_by_role("button", name="Join")).to_have_count(0)
