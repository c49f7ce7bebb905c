"""Ben's network goes away. He writes on, so does Ada, and when he is back both texts are one."""

import re

from playwright.sync_api import expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import SAVED, expect_stored, expect_text, lamp, light, open_note, text_of, write
from core.tests.browser.visitors import AWAY, Visitors
from core.tests.servers import ADA, BEN, Server


def test_what_both_wrote_while_one_was_away_is_merged_once(house: Server, visit: Visitors) -> None:
    visit.excuse(AWAY)
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "The middle.")
    expect_text(ben, "The middle.")

    ben.context.set_offline(True)
    write(ben, " Ben, from the train.")
    write(ada, "Ada, at her desk. ", at="Control+Home")
    expect(light(ben)).to_have_text(re.compile(r"^Offline, \d+ changes? kept on this device$"))
    expect_stored(house, note, "Ada, at her desk. The middle.")
    assert text_of(ben) == "The middle. Ben, from the train."

    ben.context.set_offline(False)
    whole = "Ada, at her desk. The middle. Ben, from the train."
    expect_text(ben, whole)
    expect_text(ada, whole)
    expect_stored(house, note, whole)
    expect(lamp(ben)).to_have_class(SAVED)


def test_the_number_of_changes_grows_with_every_change(house: Server, visit: Visitors) -> None:
    visit.excuse(AWAY)
    note = begin(house).note
    ben = visit(house, BEN)
    open_note(ben, note)
    ben.context.set_offline(True)
    write(ben, "a")
    expect(light(ben)).to_have_text("Offline, 1 change kept on this device")
    write(ben, "bc")
    expect(light(ben)).to_have_text("Offline, 3 changes kept on this device")


def test_the_set_page_says_that_it_waits_and_nobody_is_said_to_be_here(house: Server, visit: Visitors) -> None:
    visit.excuse(AWAY)
    note = begin(house).note
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, note)
    open_note(ben, note)
    here = ben.locator("#presence").get_by_text("is reading")
    expect(here).to_be_visible()
    ben.context.set_offline(True)
    waits = ben.get_by_text("The page waits for the connection.")
    expect(waits).to_be_visible()
    expect(here).to_be_hidden()
    ben.context.set_offline(False)
    expect(waits).to_be_hidden()
    expect(here).to_be_visible()


def test_a_screen_reader_hears_that_the_network_went_and_came(house: Server, visit: Visitors) -> None:
    visit.excuse(AWAY)
    note = begin(house).note
    ben = visit(house, BEN)
    open_note(ben, note)
    ben.context.set_offline(True)
    write(ben, "a")
    spoken = ben.get_by_role("status")
    expect(spoken.filter(has_text="Offline. 1 change kept on this device.")).to_have_count(1)
    ben.context.set_offline(False)
    again = spoken.filter(has_text="Connected again. Everything is saved.")
    # The feed tells at the same moment what he wrote: neither keeps the other from being heard.
    expect(again.filter(has_text="You edited")).to_have_count(1)
