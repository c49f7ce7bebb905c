"""Ben's session ends while a note is open: what the editor still takes is kept, and nothing else is taken."""

import re

from playwright.sync_api import Page, expect

from core.tests.browser.hands import begin
from core.tests.browser.notepage import (
    SAVED,
    expect_stored,
    expect_text,
    lamp,
    light,
    text_of,
    write,
    writing,
)
from core.tests.browser.visitors import Visitors
from core.tests.servers import BEN, Server


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill(BEN)
    page.get_by_label("Password").fill("paper-and-ink")
    page.get_by_role("button", name="Sign in").click()


def open_by_password(page: Page, note: str) -> None:
    """With a session of one's own, which may end without spoiling other tests."""
    page.goto(f"/accounts/login/?next={note}")
    sign_in(page)
    expect(lamp(page)).to_have_class(SAVED)


def sign_out_elsewhere(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/accounts/logout/")
    other.get_by_role("button", name="Sign out").click()
    expect(other).to_have_url(re.compile("/accounts/login/"))
    other.close()


def end_session(page: Page) -> None:
    """Without the page to sign out, which would take along what this browser keeps."""
    page.request.post("/accounts/logout/", headers={"X-CSRFToken": token(page), "Referer": page.url})


def token(page: Page) -> str:
    return str(page.evaluate("document.querySelector('meta[name=csrf-token]').content"))


def test_what_is_written_after_the_session_ended_is_kept_and_merged_after_signing_in(
    house: Server, visit: Visitors
) -> None:
    note = begin(house).note
    ben = visit(house)
    open_by_password(ben, note)
    write(ben, "Before.")
    expect_stored(house, note, "Before.")
    end_session(ben)
    expect(light(ben)).to_have_text("Signed out, sign in to go on")
    write(ben, " On")
    expect(light(ben)).to_have_text("Signed out, 3 changes kept on this device")
    expect(ben.locator("[data-announcer]")).to_contain_text("3 changes kept on this device")
    ben.get_by_role("link", name="Sign in").click()
    sign_in(ben)
    expect(ben).to_have_url(re.compile(f"{note}$"))
    expect_text(ben, "Before. On")
    expect_stored(house, note, "Before. On")
    expect(lamp(ben)).to_have_class(SAVED)


def test_nothing_is_written_where_signing_out_has_cleared_the_browser(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ben = visit(house)
    open_by_password(ben, note)
    write(ben, "Before.")
    expect_stored(house, note, "Before.")
    sign_out_elsewhere(ben)
    expect(light(ben)).to_have_text("Signed out, sign in to go on")
    expect(writing(ben)).to_have_attribute("aria-readonly", "true")
    write(ben, " Lost?")
    assert text_of(ben) == "Before."


def test_whoever_signs_in_again_elsewhere_writes_on(house: Server, visit: Visitors) -> None:
    note = begin(house).note
    ben = visit(house)
    open_by_password(ben, note)
    sign_out_elsewhere(ben)
    expect(writing(ben)).to_have_attribute("aria-readonly", "true")
    other = ben.context.new_page()
    open_by_password(other, note)
    other.close()
    ben.bring_to_front()
    ben.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(lamp(ben)).to_have_class(SAVED)
    write(ben, "On.")
    expect_stored(house, note, "On.")
