"""Notes at their limits: one that is full, and one that is longer than a message may be."""

import re

from playwright.sync_api import expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_text, light, open_note, stored, write, writing
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, Serve, Server
from core.tests.services import wait_until

MOST = 100
LONG = 300_000


def test_a_full_note_says_so_and_whoever_shortens_it_loses_nothing(serve: Serve, visit: Visitors) -> None:
    server = serve(NOTE_UNITS=str(MOST))
    note = begin(server).note
    ada, ben = visit(server, ADA), visit(server, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "It fits. ")
    expect_text(ben, "It fits. ")
    ada.keyboard.insert_text("x" * MOST)
    expect(light(ada)).to_have_text(re.compile("^Refused"))
    expect(light(ada)).to_contain_text("the note is full")
    write(ben, "And this. ", at="Control+Home")
    expect(light(ben)).to_have_text(re.compile("^Saved"))
    for _ in range(MOST // 2):
        ada.keyboard.press("Backspace")
    expect(light(ada)).to_have_text(re.compile("^Saved"))
    both = "And this. It fits. " + "x" * (MOST // 2)
    expect_text(ada, both)
    expect_text(ben, both)
    assert stored(server, note) == both


def test_what_is_longer_than_a_message_goes_in_several_and_comes_in_one(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada = visit(house, ADA)
    open_note(ada, note)
    write(ada, "Begin. ")
    page = "".join(f"Line {number} says little.\n" for number in range(LONG // 20))[:LONG]
    writing(ada).evaluate(
        """(place, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            place.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        page,
    )
    wait_until(lambda: len(stored(house, note)) == len("Begin. ") + LONG, "all of it is stored", seconds=60)
    ben = visit(house, BEN)
    open_note(ben, note)
    expect_text(ben, "Begin. " + page)
    write(ben, " End.")
    expect_text(ada, "Begin. " + page + " End.")
