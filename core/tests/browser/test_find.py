"""Find and replace."""

from playwright.sync_api import expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_text, open_note, write, writing
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Server


def test_all_of_a_word_is_replaced_for_everybody(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "A socket, a socket and a Socket.")
    ada.keyboard.press("Control+f")
    panel = ada.get_by_role("search", name="In this note")
    expect(panel.get_by_role("textbox", name="Find")).to_be_focused()
    ada.keyboard.type("socket")
    expect(panel.get_by_role("status")).to_have_text("3")
    panel.get_by_role("button", name="Match case").click()
    expect(panel.get_by_role("status")).to_have_text("2")
    panel.get_by_role("textbox", name="Replace with").fill("plug")
    panel.get_by_role("button", name="Replace all").click()
    expect_text(ben, "A plug, a plug and a Socket.")


def test_escape_closes_it_and_brings_one_back_into_the_text(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    write(ada, "Words")
    ada.keyboard.press("Control+f")
    panel = ada.get_by_role("search", name="In this note")
    expect(panel).to_be_visible()
    ada.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(writing(ada)).to_be_focused()
