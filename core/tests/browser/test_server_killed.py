"""The server is killed in the middle of a sentence and started again: every character is there, once."""

import re

from playwright.sync_api import Page, expect

from core.tests.browser.hands import CLEO, begin
from core.tests.browser.notepage import SAVED, expect_stored, expect_text, lamp, light, open_note, write, writing
from core.tests.browser.visitors import AWAY, Visitors
from core.tests.servers import ADA, BEN, Serve, Server

BEFORE = "Both wrote this before the plug was pulled, "
HERS = "and Ada went on while nobody answered. "
HIS = " Ben did so too."
# Everything that the light shows from now on.
WATCH = """() => {
    const show = () => window.shown.push(document.querySelector("[data-light-text]").textContent);
    window.shown = [];
    show();
    new MutationObserver(show).observe(document.querySelector("[data-light]"),
        { subtree: true, childList: true, characterData: true });
}"""


def test_every_character_is_there_once(serve: Serve, visit: Visitors) -> None:
    visit.excuse(AWAY)
    server = serve()
    note = begin(server, editors=(BEN, CLEO)).note
    ada, ben = visit(server, ADA), visit(server, BEN)
    open_note(ada, note)
    open_note(ben, note)
    write(ada, BEFORE)
    expect_text(ben, BEFORE)
    kill_while_they_write(server, ada, ben)
    for page in (ada, ben):
        expect(light(page)).to_have_text(re.compile("^Reconnecting"))

    server.start()
    whole = f"{BEFORE}{HERS}{HIS}"
    for page in (ada, ben):
        expect_text(page, whole)
        expect(lamp(page)).to_have_class(SAVED)
    expect_stored(server, note, whole)
    cleo = visit(server, CLEO)
    open_note(cleo, note)
    expect_text(cleo, whole)


def kill_while_they_write(server: Server, ada: Page, ben: Page) -> None:
    """Ben behind the last letter, Ada before him; the server goes when a third is typed."""
    write(ben, "", at="Control+End")
    write(ada, "", at="Control+End")
    ben.keyboard.type(HIS[0])
    expect_text(ada, BEFORE + HIS[0])
    for number, letter in enumerate(HERS):
        ada.keyboard.type(letter)
        ben.keyboard.type(HIS[1:][number : number + 1])
        if number == len(HIS) // 3:
            server.kill()


def test_the_light_never_says_saved_while_the_server_is_dead(serve: Serve, visit: Visitors) -> None:
    visit.excuse(AWAY)
    server = serve()
    note = begin(server).note
    ada = visit(server, ADA)
    open_note(ada, note)
    write(ada, "Kept. ")
    expect_stored(server, note, "Kept. ")
    expect(light(ada)).to_have_text(re.compile("^Saved, "))
    server.kill()
    expect(light(ada)).to_have_text(re.compile("^Reconnecting"))
    ada.evaluate(WATCH)
    write(ada, "Not yet.")
    expect(ada.locator("[data-light-detail]")).to_have_text(re.compile("8 changes wait on this device"))
    said = ada.evaluate("window.shown")
    assert said
    assert not [words for words in said if "aved" in words]
    server.start()
    expect(light(ada)).to_have_text(re.compile("^Saved, "))
    expect_stored(server, note, "Kept. Not yet.")


def test_leaving_with_text_that_is_not_saved_warns(serve: Serve, visit: Visitors) -> None:
    visit.excuse(AWAY)
    server = serve()
    note = begin(server).note
    ada = visit(server, ADA)
    open_note(ada, note)
    server.kill()
    write(ada, "Not saved.")
    with ada.expect_event("dialog") as asked:
        ada.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(writing(ada)).to_have_text("Not saved.")
    expect(ada).to_have_title(re.compile("^• "))

    server.start()
    expect_stored(server, note, "Not saved.")
    expect(lamp(ada)).to_have_class(SAVED)
    with ada.expect_event("close"):
        ada.close(run_before_unload=True)


def test_what_was_typed_before_a_reload_arrives_when_the_server_is_back(serve: Serve, visit: Visitors) -> None:
    visit.excuse(AWAY)
    server = serve()
    note = begin(server).note
    ada = visit(server, ADA)
    ada.on("dialog", lambda dialog: dialog.accept())
    open_note(ada, note)
    write(ada, "Saved. ")
    expect_stored(server, note, "Saved. ")
    server.kill()
    write(ada, "On the device only.")
    expect(ada.locator("[data-light-detail]")).to_have_text(re.compile("19 changes wait on this device"))
    ada.goto("about:blank")  # the tab is closed, or the browser crashed

    server.start()
    assert server.get(note, ADA)[0] == 200
    open_note(ada, note)
    expect_text(ada, "Saved. On the device only.")
    expect_stored(server, note, "Saved. On the device only.")
