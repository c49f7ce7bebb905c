"""Characters that are two units long are never cut in two."""

from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_stored, expect_text, open_note, write
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Server

FAMILY = "👩‍👩‍👧"  # three people and two joiners


def test_typing_and_deleting_them_leaves_both_with_the_same(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "Hi 👋🏽 from 🇵🇹!")
    expect_text(ben, "Hi 👋🏽 from 🇵🇹!")
    write(ben, FAMILY)
    expect_text(ada, f"Hi 👋🏽 from 🇵🇹!{FAMILY}")
    ben.keyboard.press("Backspace")
    ada.keyboard.press("Control+Home")
    for _ in range(3):
        ada.keyboard.press("Delete")
    ada.keyboard.press("Delete")
    expect_text(ada, " from 🇵🇹!")
    expect_text(ben, " from 🇵🇹!")
    expect_stored(house, note, " from 🇵🇹!")


def test_a_keyboard_that_changes_half_of_a_character(house: Server, visit: Visitors) -> None:
    """😀 and 😁 share their first unit. Phones' keyboards write into the page itself, and the editor compares units."""
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "😀")
    expect_text(ben, "😀")
    # The line also holds Ben's cursor.
    ada.locator("[data-editor] .cm-line").evaluate("""(line) => {
        [...line.childNodes].find((child) => child.nodeType === Node.TEXT_NODE).data = "😁";
    }""")
    expect_text(ben, "😁")
    expect_text(ada, "😁")
    expect_stored(house, note, "😁")


def test_both_delete_and_type_around_one(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "a😀b")
    expect_text(ben, "a😀b")
    write(ben, "", at="Control+Home")
    ben.keyboard.press("ArrowRight")
    write(ada, "", at="Control+End")
    ada.keyboard.press("Backspace")
    ada.keyboard.press("Backspace")
    ben.keyboard.type("🙂")
    expect_text(ada, "a🙂")
    expect_text(ben, "a🙂")
    expect_stored(house, note, "a🙂")
