"""What can no longer be stored is kept as a draft, to compare with the note."""

import re

from playwright.sync_api import Page, expect

from core.tests.browser import axe
from core.tests.browser.hands import VIEWER, Place, begin, give
from core.tests.browser.notepage import expect_text, light, open_note, stored, write
from core.tests.browser.visitors import AWAY, Visitors
from core.tests.servers import ADA, BEN, Server

HIS = "The middle. Written on the train."


def back_from_the_train(house: Server, visit: Visitors) -> tuple[Page, Place]:
    """Ben wrote offline. When he comes back he may only read."""
    visit.excuse(AWAY)
    place = begin(house)
    ada, ben = visit(house, ADA), visit(house, BEN)
    open_note(ada, place.note)
    write(ada, "The middle.")
    open_note(ben, place.note)
    expect_text(ben, "The middle.")
    ben.context.set_offline(True)
    write(ben, " Written on the train.")
    expect(light(ben)).to_have_text(re.compile("^Offline, 22 changes kept on this device"))
    give(house, place.notebook, "Ben Okafor", VIEWER)
    ben.context.set_offline(False)
    return ben, place


def test_the_notice_offers_it_beside_the_note(house: Server, visit: Visitors) -> None:
    ben, place = back_from_the_train(house, visit)
    notice = ben.get_by_role("group", name="A kept draft")
    expect(notice).to_contain_text("You may no longer write here.")
    expect_text(ben, "The middle.")
    assert stored(house, place.note) == "The middle."
    assert axe.violations(ben) == []
    notice.get_by_role("button", name="Compare").click()
    dialog = ben.get_by_role("dialog", name="Your draft beside the note")
    expect(dialog.get_by_role("textbox", name="Your draft")).to_contain_text("Written on the train.")
    expect(dialog.get_by_role("textbox", name="The note as it stands")).to_have_text("The middle.")
    assert axe.violations(ben) == []


def test_it_is_still_there_after_a_reload_until_it_is_discarded(house: Server, visit: Visitors) -> None:
    ben, _ = back_from_the_train(house, visit)
    notice = ben.get_by_role("group", name="A kept draft")
    expect(notice).to_be_visible()
    ben.reload()
    expect(notice).to_be_visible()
    with ben.expect_download() as download:
        notice.get_by_role("button", name="Download").click()
    assert download.value.path().read_text(encoding="utf-8") == HIS
    notice.get_by_role("button", name="Discard").click()
    notice.get_by_role("button", name="Really discard").click()
    expect(notice).to_have_count(0)
    ben.reload()
    expect(light(ben)).to_have_text("Reading only")
    expect(notice).to_have_count(0)
