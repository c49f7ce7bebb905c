"""Ada and Ben write in one paragraph of one note at the same time."""

import re

from playwright.sync_api import Page, expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import (
    SAVED,
    expect_stored,
    expect_text,
    lamp,
    light,
    open_note,
    text_of,
    write,
    writing,
)
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Server
from core.tests.services import wait_until

HERS = "Ada wrote this from the left. "
HIS = " And Ben wrote that on the right."


def two_in(house: Server, visit: Visitors) -> tuple[Page, Page, str]:
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    return ada, ben, note


def at_once(ada: Page, hers: str, ben: Page, his: str) -> None:
    """Both press keys in turn, faster than either text can come across."""
    for number in range(max(len(hers), len(his))):
        for page, text in ((ada, hers), (ben, his)):
            if number < len(text):
                page.keyboard.type(text[number])


def test_both_texts_stand_whole_on_both_screens(house: Server, visit: Visitors) -> None:
    ada, ben, note = two_in(house, visit)
    write(ada, "(both)")
    expect_text(ben, "(both)")
    write(ada, "", at="Control+Home")
    write(ben, "", at="Control+End")
    at_once(ada, HERS, ben, HIS)
    whole = f"{HERS}(both){HIS}"
    expect_text(ada, whole)
    expect_text(ben, whole)
    expect_stored(house, note, whole)


def test_at_the_same_place_no_letter_is_lost_and_both_see_the_same(house: Server, visit: Visitors) -> None:
    ada, ben, note = two_in(house, visit)
    writing(ada).focus()
    writing(ben).focus()
    at_once(ada, HERS, ben, HIS)
    wait_until(lambda: text_of(ada) == text_of(ben) and len(text_of(ada)) == len(HERS + HIS), "both have all")
    whole = text_of(ada)
    assert sorted(whole) == sorted(HERS + HIS)
    expect_stored(house, note, whole)


def test_each_sees_the_cursor_and_the_name_of_the_other(house: Server, visit: Visitors) -> None:
    ada, ben, _ = two_in(house, visit)
    write(ben, "Here I am")
    caret = ada.locator("[data-editor] .caret")
    expect(caret.locator(".flag")).to_have_text("Ben Okafor")
    assert "caret-moving" in (caret.get_attribute("class") or "")
    expect(ada.locator("[data-editor] .cm-line").first).to_contain_text("Here I am")
    write(ada, "And I", at="Control+Home")
    expect(ben.locator("[data-editor] .caret .flag")).to_have_text("Ada Lindqvist")


def test_the_name_comes_back_when_one_writes_on(house: Server, visit: Visitors) -> None:
    ada, ben, _ = two_in(house, visit)
    write(ben, "before and after")
    ben.keyboard.press("Home")
    flag = ada.locator("[data-editor] .caret .flag")
    expect(flag).to_be_visible()
    expect(flag).to_be_hidden()
    ben.keyboard.type("x")  # his place is told by the letter after it, so it stays the same
    expect(flag).to_be_visible()


def test_what_one_selects_is_tinted_for_the_other(house: Server, visit: Visitors) -> None:
    ada, ben, _ = two_in(house, visit)
    write(ben, "these words")
    ben.keyboard.press("Shift+Home")
    expect(ada.locator("[data-editor] .sel")).to_have_text("these words")


def test_the_people_of_the_note_come_and_go(house: Server, visit: Visitors) -> None:
    ada, ben, _ = two_in(house, visit)
    faces = ada.get_by_role("group", name="Here now").get_by_role("img")
    expect(faces).to_have_count(2)
    expect(faces.nth(1)).to_have_attribute("aria-label", "Ben Okafor")
    ben.close()
    expect(faces).to_have_count(1)
    expect(ada.locator("[data-editor] .caret")).to_have_count(0)


def test_the_light_names_the_time_at_which_the_database_answered(house: Server, visit: Visitors) -> None:
    ada, _, _ = two_in(house, visit)
    write(ada, "A sentence to keep.")
    expect(light(ada)).to_have_text(re.compile(r"^Saved, \d\d:\d\d:\d\d$"))
    expect(lamp(ada)).to_have_class(SAVED)


def test_a_name_at_the_right_edge_goes_to_the_left(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ben, "letters" * 40)
    expect_text(ada, "letters" * 40)
    write(ben, "", at="Control+Home")
    flag = ada.locator("[data-editor] .caret .flag")
    expect(flag).not_to_have_class(re.compile("flag-left"))
    ben.keyboard.press("End")  # of the line as it is broken on the screen
    expect(flag).to_have_class(re.compile("flag-left"))
    ada.locator("[data-editor] .caret").hover()
    expect(flag).to_be_visible()
    name, editor = flag.bounding_box(), ada.locator("[data-editor]").bounding_box()
    assert name
    assert editor
    assert name["x"] + name["width"] <= editor["x"] + editor["width"]
