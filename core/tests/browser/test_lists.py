"""Lists grow and end with Enter alone."""

from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_stored, expect_text, open_note, write
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, Server


def test_enter_on_an_empty_item_leaves_the_list_and_the_next_words_are_not_in_it(
    house: Server, visit: Visitors
) -> None:
    note = begin(house).note
    ada = visit(house, ADA)
    open_note(ada, note)
    write(ada, "- one\ntwo\n\nafter")
    expect_text(ada, "- one\n- two\n\nafter")
    expect_stored(house, note, "- one\n- two\n\nafter")


def test_enter_on_an_empty_nested_item_goes_out_one_level_at_a_time(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada = visit(house, ADA)
    open_note(ada, note)
    write(ada, "- one\n")
    ada.keyboard.press("Tab")
    ada.keyboard.type("inner\n\nouter\n\nafter")
    expect_text(ada, "- one\n  - inner\n- outer\n\nafter")
