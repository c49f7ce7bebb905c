"""What one may do changes while the note is open."""

import re

from playwright.sync_api import expect

from core.tests.browser.hands import EDITOR, VIEWER, Hand, begin, give
from core.tests.browser.notepage import expect_text, light, open_note, stored, text_of, write, writing
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Server


def test_an_editor_who_becomes_a_viewer_can_write_no_more(house: Server, visit: Visitors) -> None:
    place = begin(house)
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, place.note)
    open_note(ben, place.note)
    write(ben, "Mine.")
    expect_text(ada, "Mine.")
    give(house, place.notebook, "Ben Okafor", VIEWER)
    expect(light(ben)).to_have_text("Reading only")
    expect(writing(ben)).to_have_attribute("aria-readonly", "true")
    write(ben, " More of mine.")
    assert text_of(ben) == "Mine."
    write(ada, " Hers.")
    expect_text(ben, "Mine. Hers.")
    assert stored(house, place.note) == "Mine. Hers."


def test_whoever_gets_the_right_back_writes_on(house: Server, visit: Visitors) -> None:
    place = begin(house)
    ben = visit(house, BEN)
    open_note(ben, place.note)
    give(house, place.notebook, "Ben Okafor", VIEWER)
    expect(light(ben)).to_have_text("Reading only")
    give(house, place.notebook, "Ben Okafor", EDITOR)
    expect(light(ben)).to_have_text(re.compile("^Saved"))
    write(ben, "Back again.")
    expect_text(ben, "Back again.")
    expect(writing(ben)).to_have_attribute("aria-readonly", "false")


def test_whoever_is_removed_is_told_and_cut_off(house: Server, visit: Visitors) -> None:
    place = begin(house)
    ben = visit(house, BEN)
    open_note(ben, place.note)
    _, page = house.get(f"{place.notebook}people", ADA)
    removal = re.search(r'formaction="([^"]+/remove)">.{,200}Remove Ben', page)
    assert removal
    Hand(house, ADA).post(removal[1])
    expect(light(ben)).to_have_text("Closed, you may not read it any more")
    expect(writing(ben)).to_have_attribute("aria-readonly", "true")


def test_whoever_signs_out_elsewhere_is_asked_to_sign_in(house: Server, visit: Visitors) -> None:
    place = begin(house)
    ben = visit(house)
    ben.goto(f"/accounts/login/?next={place.note}")
    ben.get_by_label("E-mail").fill(BEN)
    ben.get_by_label("Password").fill("paper-and-ink")
    ben.get_by_role("button", name="Sign in").click()
    expect(light(ben)).to_have_text(re.compile("^Saved"))
    other = ben.context.new_page()
    other.goto("/accounts/logout/")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    expect(light(ben)).to_have_text("Signed out, sign in to go on")
