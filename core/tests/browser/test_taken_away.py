"""A note is archived, deleted or taken away from somebody who has it open: the page says what happened."""

import re

from playwright.sync_api import Page, expect

from core.tests.browser.hands import EDITOR, VIEWER, Hand, begin, give
from core.tests.browser.notepage import SAVED, expect_stored, lamp, light, open_note, write, writing
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Server


def notices(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def writes_on(house: Server, page: Page, note: str) -> None:
    expect(lamp(page)).to_have_class(SAVED)
    expect(writing(page)).to_have_attribute("aria-readonly", "false")
    write(page, "On.")
    expect_stored(house, note, "On.")


def test_an_archived_note_says_so_and_is_written_on_when_it_comes_back(house: Server, visit: Visitors) -> None:
    place, ada = begin(house), Hand(house, ADA)
    ben = visit(house, BEN)
    open_note(ben, place.note)
    ada.post(f"{place.note}archive")
    notices(ben, "nothing in it changes")
    expect(light(ben)).to_have_text("Archived, reading only")
    expect(ben.get_by_role("button", name="Bring it back")).to_be_visible()
    ada.post(f"{place.note}unarchive")
    expect(ben.get_by_text("nothing in it changes")).to_have_count(0)
    writes_on(house, ben, place.note)


def test_a_deleted_note_says_so_and_is_written_on_when_it_comes_back(house: Server, visit: Visitors) -> None:
    place, ada = begin(house), Hand(house, ADA)
    ben = visit(house, BEN)
    open_note(ben, place.note)
    ada.post(f"{place.note}delete")
    notices(ben, "This note was deleted.")
    expect(light(ben)).to_have_text("Deleted, reading only")
    ada.post(f"{place.note}restore")
    expect(ben.get_by_text("This note was deleted.")).to_have_count(0)
    writes_on(house, ben, place.note)


def test_whoever_may_only_read_now_is_told_until_the_right_is_back(house: Server, visit: Visitors) -> None:
    place = begin(house)
    ben = visit(house, BEN)
    open_note(ben, place.note)
    give(house, place.notebook, "Ben Okafor", VIEWER)
    notices(ben, "You may only read here now.")
    give(house, place.notebook, "Ben Okafor", EDITOR)
    expect(ben.get_by_text("You may only read here now.")).to_have_count(0)
    writes_on(house, ben, place.note)


def test_whoever_may_write_now_is_told_how_to_begin(house: Server, visit: Visitors) -> None:
    place = begin(house, editors=(), viewers=(BEN,))
    ben = visit(house, BEN)
    ben.goto(place.note)
    expect(light(ben)).to_have_text("Reading only")
    give(house, place.notebook, "Ben Okafor", EDITOR)
    notices(ben, "You may write here now.")
    ben.get_by_role("link", name="Begin").click()
    writes_on(house, ben, place.note)


def test_whoever_is_removed_finds_the_way_home(house: Server, visit: Visitors) -> None:
    place = begin(house)
    ben = visit(house, BEN)
    open_note(ben, place.note)
    _, page = house.get(f"{place.notebook}people", ADA)
    removal = re.search(r'formaction="([^"]+/remove)">.{,200}Remove Ben', page)
    assert removal
    Hand(house, ADA).post(removal[1])
    notices(ben, "You may not open this note any more")
    ben.get_by_role("main").get_by_role("link", name="Home").click()
    expect(ben).to_have_url(f"{house.url}/")
