"""Everything but the live writing works in a browser that runs no script."""

from playwright.sync_api import Page, expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_stored, open_note, write
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, PASSWORD, Server


def plain(house: Server, visit: Visitors, email: str = "") -> Page:
    return visit(house, email, java_script_enabled=False)


def test_one_signs_in_begins_a_notebook_and_a_note_and_renames_it(house: Server, visit: Visitors) -> None:
    ada = plain(house, visit)
    ada.goto("/notebooks/new")
    ada.get_by_label("E-mail").fill(ADA)
    ada.get_by_label("Password").fill(PASSWORD)
    ada.get_by_role("button", name="Sign in").click()
    ada.get_by_label("Title").fill("Without a script")
    ada.get_by_role("button", name="Begin the notebook").click()
    expect(ada.get_by_role("heading", name="Without a script", level=1)).to_be_visible()
    ada.get_by_role("link", name="Write the first note").click()
    ada.get_by_label("Title").fill("A plain note")
    ada.get_by_role("button", name="Begin the note").click()
    title = ada.get_by_role("textbox", name="Title of the note")
    expect(title).to_have_value("A plain note")
    title.fill("A plainer note")
    ada.get_by_role("button", name="Rename").click()
    expect(title).to_have_value("A plainer note")
    expect(ada).to_have_title("A plainer note · Commonplace")


def test_the_text_of_a_note_can_be_read(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    writer, reader = visit(house, ADA), plain(house, visit, ADA)
    open_note(writer, note)
    write(writer, "The *whole* text.")
    expect_stored(house, note, "The *whole* text.")
    reader.goto(note)
    expect(reader.locator("noscript .notice")).to_be_visible()
    expect(reader.locator("article em")).to_have_text("whole")
    expect(reader.get_by_role("region", name="The Markdown source, as text")).to_have_text("The *whole* text.")


def test_a_deletion_is_taken_back(house: Server, visit: Visitors) -> None:
    place = begin(house, "Thrown away")
    ada = plain(house, visit, ADA)
    ada.goto(place.note)
    ada.get_by_role("button", name="More about this note").click()
    ada.get_by_role("button", name="Delete").click()
    expect(ada).to_have_url(house.url + place.notebook)
    expect(ada.get_by_role("link", name="Thrown away", exact=True)).to_have_count(0)
    ada.get_by_role("button", name="Undo").click()
    expect(ada).to_have_url(house.url + place.note)
    expect(ada.get_by_text("“Thrown away” is back.")).to_be_visible()
