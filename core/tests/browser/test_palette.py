"""The palette and the list of keys: open by a key, closed by Escape."""

from playwright.sync_api import expect

from core.tests.browser import axe
from core.tests.browser.hands import begin
from core.tests.browser.notepage import open_note, write
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, Server


def test_a_few_letters_and_enter_lead_to_a_note(house: Server, visit: Visitors) -> None:
    place = begin(house, "Quicksand")
    ada = visit(house, ADA)
    ada.goto("/")
    ada.keyboard.press("Control+k")
    field = ada.get_by_role("combobox", name="Search or go to")
    expect(field).to_be_focused()
    ada.keyboard.type("quicks")
    found = ada.get_by_role("option", name="Quicksand").first
    expect(found).to_have_attribute("aria-selected", "true")
    assert axe.violations(ada) == []
    ada.keyboard.press("Enter")
    expect(ada).to_have_url(house.url + place.note)


def test_arrows_choose_and_escape_brings_one_back(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    ada.goto("/removed")
    ada.get_by_role("link", name="Search or go to").first.focus()
    ada.keyboard.press("Enter")
    options = ada.get_by_role("dialog", name="Search or go to").get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    ada.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(options.first).not_to_have_attribute("aria-selected", "true")
    ada.keyboard.press("Escape")
    expect(ada.get_by_role("dialog")).to_have_count(0)
    expect(ada).to_have_url(f"{house.url}/removed")
    expect(ada.get_by_role("link", name="Search or go to").first).to_be_focused()


def test_a_question_mark_shows_the_keys_but_not_while_one_writes(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    keys = ada.get_by_role("dialog", name="The keys")
    write(ada, "Why?")
    expect(keys).to_be_hidden()
    ada.keyboard.press("Escape")
    ada.keyboard.press("Tab")
    ada.keyboard.press("?")
    expect(keys).to_be_visible()
    assert axe.violations(ada) == []
    ada.keyboard.press("Escape")
    expect(keys).to_be_hidden()
