"""The set page follows the text as it is typed, for those who write and for those who only read."""

from playwright.sync_api import Locator, Page, expect

from core.tests.browser.hands import CLEO, begin
from core.tests.browser.notepage import light, open_note, write, writing
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Server


def test_the_page_beside_the_text_is_set_while_one_types(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    page = ada.locator("[data-preview]")
    write(ada, "# Sockets\n\nA *socket* is one end of a line.")
    expect(page.get_by_role("heading", name="Sockets", level=1)).to_be_visible()
    expect(page.locator("em")).to_have_text("socket")
    write(ada, "\nIt has an address.")
    expect(page.locator("p")).to_contain_text("It has an address.")


def test_a_block_that_did_not_change_stays_the_same_element(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    paragraphs = ada.locator("[data-preview] p")
    write(ada, "The first paragraph.\n\nThe second")
    expect(paragraphs).to_have_text(["The first paragraph.", "The second"])
    first, second = paragraphs.element_handles()
    write(ada, " grows.")
    expect(paragraphs.nth(1)).to_have_text("The second grows.")
    assert ada.evaluate("([first, second]) => first.isConnected && second.isConnected", [first, second])


def test_a_viewer_reads_along_and_is_told_why_there_is_nothing_to_write_in(house: Server, visit: Visitors) -> None:
    note = begin(house, viewers=(CLEO,)).note
    ada, cleo = visit(house, ADA), visit(house, CLEO)
    open_note(ada, note)
    cleo.goto(note)
    expect(light(cleo)).to_have_text("Reading only")
    write(ada, "## For *everybody*")
    expect(cleo.locator("[data-preview] h2")).to_have_text("For everybody")
    expect(writing(cleo)).to_be_hidden()
    expect(cleo.get_by_role("toolbar")).to_have_count(0)


def test_the_view_is_remembered(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada = visit(house, ADA)
    open_note(ada, note)
    views = ada.get_by_role("group", name="View")
    expect(shown(ada)).to_have_count(2)
    views.get_by_role("button", name="Write").click()
    expect(shown(ada)).to_have_count(1)
    expect(writing(ada)).to_be_visible()
    ada.reload()
    expect(views.get_by_role("button", name="Write")).to_have_attribute("aria-pressed", "true")
    expect(writing(ada)).to_be_visible()
    expect(shown(ada)).to_have_count(1)
    views.get_by_role("button", name="Read").click()
    expect(writing(ada)).to_be_hidden()
    expect(ada.locator("[data-preview]")).to_be_visible()


def shown(page: Page) -> Locator:
    return page.locator(".pane").filter(visible=True)


def test_a_ticked_box_is_an_edit_that_all_see(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "- [ ] Read the chapter\nDo the sums")
    box = ben.locator("[data-preview]").get_by_role("checkbox", name="Read the chapter")
    expect(ben.locator("[data-preview]").get_by_role("checkbox", name="Do the sums")).to_be_visible()
    expect(box).to_have_attribute("aria-checked", "false")
    box.click()
    expect(writing(ada)).to_contain_text("[x] Read the chapter")
    expect(ada.locator("[data-preview]").get_by_role("checkbox", name="Read the chapter")).to_be_checked()


def test_the_columns_of_a_table_stand_as_they_were_written(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    write(ada, "| left | middle | right |\n|:-|:-:|-:|\n| 1 | 2 | 3 |")
    for cell, side in (("2", "center"), ("3", "right")):
        expect(ada.locator("[data-preview]").get_by_role("cell", name=cell)).to_have_css("text-align", side)


def test_a_diagram_is_drawn_where_nothing_can_reach_out_of_it(house: Server, visit: Visitors) -> None:
    ada = visit(house, ADA)
    open_note(ada, begin(house).note)
    write(ada, "```mermaid\ngraph TD\nHere --> There\n```")
    drawing = ada.locator("[data-preview]").get_by_role("img", name="Diagram")
    expect(drawing).to_be_visible()
    assert drawing.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 50
    expect(ada.locator("iframe")).to_have_attribute("sandbox", "allow-scripts")
