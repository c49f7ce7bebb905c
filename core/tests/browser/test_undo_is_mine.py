"""Undo takes back what I wrote, never what somebody else did."""

from playwright.sync_api import expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_stored, expect_text, open_note, write, writing
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Server


def test_undo_leaves_the_words_of_others(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "Ada's words.")
    expect_text(ben, "Ada's words.")
    write(ben, " Ben's words.")
    expect_text(ada, "Ada's words. Ben's words.")

    ada.keyboard.press("Control+z")
    expect_text(ada, " Ben's words.")
    expect_text(ben, " Ben's words.")
    ada.keyboard.press("Control+Shift+z")
    expect_text(ben, "Ada's words. Ben's words.")
    expect_stored(house, note, "Ada's words. Ben's words.")


def test_with_nothing_of_mine_there_is_nothing_to_undo(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ben, "All of it is Ben's.")
    expect_text(ada, "All of it is Ben's.")
    expect(ada.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")
    writing(ada).focus()
    ada.keyboard.press("Control+z")
    write(ada, " And hers.")
    expect_text(ben, "All of it is Ben's. And hers.")
