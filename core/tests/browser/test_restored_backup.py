"""The server is restored from a backup that is older than what a browser holds: that becomes a draft."""

import pytest
from playwright.sync_api import Page, expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import SAVED, expect_stored, expect_text, lamp, light, open_note, stored, write
from core.tests.browser.test_signed_out import sign_in
from core.tests.browser.visitors import AWAY, Visitors
from core.tests.servers import BEN, Serve, Server

THEN = "This is in the backup."
LATER = f"{THEN} This is not."


def forget_the_later(server: Server) -> None:
    """What an operator does: an empty data folder, with yesterday's backup in it."""
    server.kill()
    for file in server.data_dir.glob("commonplace.sqlite3*"):
        file.unlink()
    server.manage("restore", str(server.data_dir / "yesterday.zip"))
    server.start()
    server.forget_cookies()


def written(server: Server, ben: Page) -> str:
    """The path of a note of which the backup has a half."""
    note = begin(server).note
    open_note(ben, note)
    write(ben, THEN)
    expect_stored(server, note, THEN)
    server.manage("backup", "--to", str(server.data_dir / "yesterday.zip"))
    write(ben, LATER.removeprefix(THEN))
    expect_stored(server, note, LATER)
    expect(lamp(ben)).to_have_class(SAVED)
    return note


def expect_draft(ben: Page, reason: str) -> None:
    expect_text(ben, THEN)
    notice = ben.get_by_role("group", name="A kept draft")
    expect(notice).to_contain_text(reason)
    notice.get_by_role("button", name="Compare").click()
    dialog = ben.get_by_role("dialog", name="Your draft beside the note")
    expect(dialog.get_by_role("textbox", name="Your draft")).to_contain_text("This is not.")
    ben.keyboard.press("Escape")


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve(LOG_LEVEL="WARNING")


def test_who_signs_in_again_finds_it_beside_the_note(server: Server, visit: Visitors) -> None:
    visit.excuse(AWAY)
    ben = visit(server, BEN)
    note = written(server, ben)
    forget_the_later(server)
    expect(light(ben)).to_have_text("Signed out, sign in to go on")
    ben.get_by_role("link", name="Sign in").click()
    sign_in(ben)
    expect_draft(ben, "This note was restored from a backup")
    write(ben, " I write on.")
    expect_stored(server, note, f"{THEN} I write on.")


def test_who_was_away_meanwhile_finds_it_too(server: Server, visit: Visitors) -> None:
    ben = visit(server, BEN)
    note = written(server, ben)
    ben.goto("about:blank")
    forget_the_later(server)
    ben.goto(f"/accounts/login/?next={note}")
    sign_in(ben)
    expect_draft(ben, "This note was restored from a backup")
    assert stored(server, note) == THEN
