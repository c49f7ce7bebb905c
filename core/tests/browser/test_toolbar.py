"""The buttons above the text, and the keys that do the same."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_text, open_note, write, writing
from core.tests.browser.visitors import PHONE, Visitors
from core.tests.servers import ADA, Server

# What becomes of the selected word by the button, or by the keys where there are some.
ON_A_WORD = [
    ("Bold", "Control+b", "**word**"),
    ("Italic", "Control+i", "*word*"),
    ("Strike through", "Control+Shift+x", "~~word~~"),
    ("Code", "Control+e", "`word`"),
    ("Link", "Control+k", "[word](https://)"),
    ("Heading", "Control+Alt+2", "## word"),
    ("List", "Control+Shift+8", "- word"),
    ("Numbered list", "Control+Shift+7", "1. word"),
    ("Task", "Control+Shift+9", "- [ ] word"),
    ("Quotation", "Control+Shift+.", "> word"),
    ("Block of code", "", "```\nword\n```"),
]


def test_every_button_and_its_keys_do_the_same(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    for name, keys, marked in ON_A_WORD:
        begin_with(ada, "word")
        button(ada, name).click()
        expect_text(ada, marked)
        expect(writing(ada)).to_be_focused()
        if keys:
            begin_with(ada, "word")
            ada.keyboard.press(keys)
            expect_text(ada, marked)


def begin_with(page: Page, word: str) -> None:
    """Nothing in the note but this word, selected."""
    write(page, "", at="Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(word)
    page.keyboard.press("Control+a")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("toolbar", name="Marks").get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("name", ["Bold", "List", "Quotation", "Link", "Block of code"])
def test_pressed_twice_it_is_as_before(house: Server, visit: Visitors, name: str) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    begin_with(ada, "word")
    button(ada, name).click()
    expect(button(ada, name)).to_have_attribute("aria-pressed", "true")
    button(ada, name).click()
    expect_text(ada, "word")
    expect(button(ada, name)).to_have_attribute("aria-pressed", "false")


def test_a_table_has_room_for_words(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    writing(ada).focus()
    button(ada, "Table").click()
    ada.keyboard.type("Port")
    expect_text(ada, "| Port | Column |\n|---|---|\n|  |  |\n")
    expect(ada.locator("[data-preview]").get_by_role("columnheader", name="Port")).to_be_visible()


def test_arrows_walk_through_the_toolbar_and_tab_stops_there_once(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    write(ada, "word")
    button(ada, "Bold").focus()
    ada.keyboard.press("ArrowRight")
    expect(button(ada, "Italic")).to_be_focused()
    ada.keyboard.press("End")
    expect(button(ada, "Find and replace")).to_be_focused()
    ada.keyboard.press("Home")
    ada.keyboard.press("Tab")
    expect(writing(ada)).to_be_focused()


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["desk", "phone"])
def test_undo_redo_and_find_are_always_in_sight(house: Server, visit: Visitors, options: Any) -> None:
    note = begin(house).note
    ada = visit(house, ADA, **options)
    ada.context.add_cookies(
        [
            {"name": "sidebar", "value": "wide", "url": house.url},
            {"name": "view", "value": "write" if options else "both", "url": house.url},
        ]
    )
    open_note(ada, note)
    for name in ("Undo", "Redo", "Find and replace"):
        expect(button(ada, name)).to_be_in_viewport(ratio=1)
        expect(button(ada, name)).to_be_visible()
        box, bar = button(ada, name).bounding_box(), ada.get_by_role("toolbar", name="Marks").bounding_box()
        assert box
        assert bar
        assert box["x"] + box["width"] <= bar["x"] + bar["width"]


def test_a_button_that_does_nothing_now_looks_so(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    expect(button(ada, "Undo")).to_have_css("opacity", "0.4")
    write(ada, "word")
    expect(button(ada, "Undo")).to_have_css("opacity", "1")
