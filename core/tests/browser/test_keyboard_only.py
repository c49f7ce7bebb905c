"""Everything without a mouse, and with a name for those who listen."""

from playwright.sync_api import Page, expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_text, open_note, write, writing
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, Server


def focused(page: Page) -> str:
    """The name of what has the focus."""
    return str(
        page.evaluate(
            """() => { const it = document.activeElement;
            return it.getAttribute("aria-label") || it.textContent.trim() || it.tagName; }"""
        )
    )


def tab_to(page: Page, name: str, *, key: str = "Tab", at_most: int = 40) -> None:
    seen = []
    for _ in range(at_most):
        page.keyboard.press(key)
        seen.append(focused(page))
        if seen[-1].startswith(name):
            return
    raise AssertionError(f"Tab does not come to {name}, only to {seen}")


def test_from_the_door_to_the_first_word(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    ada.goto(begin(house, "By keys").notebook)
    ada.keyboard.press("Tab")
    assert focused(ada) == "Skip to the page"
    ada.keyboard.press("Enter")
    expect(ada.locator("#main")).to_be_focused()
    tab_to(ada, "By keys")
    ada.keyboard.press("Enter")
    expect(writing(ada)).to_be_focused()
    ada.keyboard.type("Written without a mouse.")
    expect_text(ada, "Written without a mouse.")


def test_tab_indents_in_the_text_and_after_escape_leaves_it(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    write(ada, "- one\ntwo")
    expect_text(ada, "- one\n- two")
    ada.keyboard.press("Tab")
    expect_text(ada, "- one\n  - two")
    ada.keyboard.press("Shift+Tab")
    expect_text(ada, "- one\n- two")
    ada.keyboard.press("Escape")
    ada.keyboard.press("Tab")
    expect(writing(ada)).not_to_be_focused()
    assert focused(ada) == "The set page"


def test_the_text_has_a_name_a_role_and_says_how_to_leave_it(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    text = ada.get_by_role("textbox", name="The note, in Markdown. Escape, then Tab leaves it.")
    expect(text).to_be_visible()
    expect(text).to_have_attribute("aria-multiline", "true")
    expect(ada.get_by_role("toolbar", name="Marks")).to_be_visible()
    for button in ada.get_by_role("toolbar", name="Marks").get_by_role("button").all():
        assert button.get_attribute("aria-label")


def test_the_view_is_switched_by_keys(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    ada.get_by_role("group", name="View").get_by_role("button", name="Both").focus()
    tab_to(ada, "Read", at_most=1)
    ada.keyboard.press("Enter")
    expect(writing(ada)).to_be_hidden()
