"""A note's title is changed where it stands."""

from playwright.sync_api import Locator, Page, expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import open_note, writing
from core.tests.browser.visitors import AWAY, PHONE, Visitors
from core.tests.servers import ADA, BEN, Server


def title(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Title of the note")


def crumb(page: Page) -> Locator:
    return page.locator("#crumb-title")


def test_a_title_is_saved_when_one_goes_on_to_the_text(house: Server, visit: Visitors) -> None:
    note = begin(house, "Sockets").note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    title(ada).fill("Streams")
    writing(ada).click()
    expect(crumb(ada)).to_have_text("Streams")
    expect(title(ben)).to_have_value("Streams")
    ada.reload()
    expect(title(ada)).to_have_value("Streams")


def test_enter_saves_a_title(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house, "Sockets").note)
    title(ada).fill("Streams")
    title(ada).press("Enter")
    expect(crumb(ada)).to_have_text("Streams")
    expect(title(ada)).to_have_value("Streams")
    expect(title(ada)).not_to_be_focused()


def test_escape_goes_back_to_the_title_that_was(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house, "Sockets").note)
    title(ada).fill("Streams")
    title(ada).press("Escape")
    expect(title(ada)).to_have_value("Sockets")
    ada.reload()
    expect(title(ada)).to_have_value("Sockets")


def test_no_title_is_the_title_that_was(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house, "Sockets").note)
    title(ada).fill("  ")
    writing(ada).click()
    expect(title(ada)).to_have_value("Sockets")


def test_a_title_that_could_not_be_saved_is_kept_and_looks_it(house: Server, visit: Visitors) -> None:
    visit.excuse(AWAY, "htmx")
    ada = visit(house, ADA)
    open_note(ada, begin(house, "Sockets").note)
    ada.context.set_offline(True)
    title(ada).fill("Streams")
    title(ada).press("Enter")
    expect(title(ada)).to_have_attribute("aria-invalid", "true")
    expect(title(ada)).to_have_value("Streams")
    ada.context.set_offline(False)
    title(ada).press("Enter")
    expect(crumb(ada)).to_have_text("Streams")
    expect(title(ada)).not_to_have_attribute("aria-invalid", "true")


def test_a_long_title_is_read_to_its_end(house: Server, visit: Visitors) -> None:
    note = begin(house, "Union-find in an evening, and a Donaudampfschifffahrtsgesellschaftskapitän besides").note
    ada = visit(house, ADA)
    open_note(ada, note)
    for viewport in (ada.viewport_size, PHONE):
        assert viewport
        ada.set_viewport_size(viewport)
        hidden = "(it) => [it.scrollWidth - it.clientWidth, it.scrollHeight - it.clientHeight]"
        assert title(ada).evaluate(hidden) == [0, 0]
