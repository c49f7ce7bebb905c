"""A network that lets no WebSocket through: the note is the same, by plain requests, and nobody has to ask for it."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import SAVED, expect_stored, expect_text, lamp, light, open_note, write
from core.tests.browser.test_writing_together import HERS, HIS, at_once
from core.tests.browser.visitors import AWAY, Visitors
from core.tests.servers import ADA, BEN, Server

# As behind a filter that answers the handshake with a page of its own.
BLOCKED = """
    window.Passing = window.WebSocket;
    window.WebSocket = class extends EventTarget {
        readyState = 0;
        constructor() {
            super();
            setTimeout(() => {
                this.readyState = 3;
                const event = new CloseEvent("close", { code: 1006 });
                this.onclose?.(event);
                this.dispatchEvent(event);
            });
        }
        send() {}
        close() {}
    };
"""


def blocked(page: Page) -> Page:
    page.add_init_script(BLOCKED)
    return page


@pytest.fixture(autouse=True)
def excused(visit: Visitors) -> None:
    visit.excuse(AWAY)


def test_two_who_write_at_once_end_with_the_same(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), blocked(visit(house, BEN))
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "(both)")
    expect_text(ben, "(both)")
    write(ada, "", at="Control+Home")
    write(ben, "", at="Control+End")
    at_once(ada, HERS, ben, HIS)
    whole = f"{HERS}(both){HIS}"
    expect_text(ada, whole)
    expect_text(ben, whole)
    expect_stored(house, note, whole)
    expect(lamp(ben)).to_have_class(SAVED)


def test_each_sees_the_cursor_the_name_and_the_face_of_the_other(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), blocked(visit(house, BEN))
    open_note(ada, note)
    open_note(ben, note)
    write(ben, "Here I am")
    expect(ada.locator("[data-editor] .caret .flag")).to_have_text("Ben Okafor")
    write(ada, "And I", at="Control+Home")
    expect(ben.locator("[data-editor] .caret .flag")).to_have_text("Ada Lindqvist")
    faces = ada.get_by_role("group", name="Here now").get_by_role("img")
    expect(faces).to_have_count(2)
    ben.close()
    expect(faces).to_have_count(1)


def test_what_both_wrote_while_one_was_away_is_merged_once(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), blocked(visit(house, BEN))
    open_note(ada, note)
    open_note(ben, note)
    write(ada, "The middle.")
    expect_text(ben, "The middle.")
    ben.context.set_offline(True)
    write(ben, " Ben, from the train.")
    write(ada, "Ada, at her desk. ", at="Control+Home")
    expect(light(ben)).to_have_text(re.compile(r"^Offline, \d+ changes? kept on this device$"))
    expect_stored(house, note, "Ada, at her desk. The middle.")
    ben.context.set_offline(False)
    whole = "Ada, at her desk. The middle. Ben, from the train."
    expect_text(ben, whole)
    expect_text(ada, whole)
    expect_stored(house, note, whole)
    expect(lamp(ben)).to_have_class(SAVED)


def test_the_light_says_by_which_way_the_note_is_kept(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ben = blocked(visit(house, BEN))
    open_note(ben, note)
    write(ben, "a")
    expect(ben.locator("[data-light-detail]")).to_have_text(re.compile("only plain requests"))


def test_a_socket_is_taken_again_when_one_can_be_had(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ada, ben = visit(house, ADA), blocked(visit(house, BEN))
    open_note(ada, note)
    open_note(ben, note)
    write(ben, "By request. ")
    expect_text(ada, "By request. ")
    ben.evaluate("() => { window.WebSocket = window.Passing }")
    with ben.expect_websocket(lambda socket: "client=" in socket.url):
        ben.evaluate("window.dispatchEvent(new Event('online'))")
    write(ben, "On a socket.")
    expect_text(ada, "By request. On a socket.")
    expect(ben.locator("[data-light-detail]")).not_to_have_text(re.compile("only plain requests"))
    expect_stored(house, note, "By request. On a socket.")


def test_the_next_note_in_the_tab_need_not_find_it_out_again(house: Server, visit: Visitors) -> None:
    first, second = begin(house, "Sockets").note, begin(house, "Ports").note
    ben = blocked(visit(house, BEN))
    open_note(ben, first)
    ben.add_init_script(
        "window.tried = 0; window.WebSocket = class extends window.WebSocket {"
        "constructor(url) { super(); if (String(url).includes('/ws/notes/')) window.tried += 1 } }"
    )
    open_note(ben, second)
    assert ben.evaluate("window.tried") == 0
    write(ben, "At once.")
    expect_stored(house, second, "At once.")
