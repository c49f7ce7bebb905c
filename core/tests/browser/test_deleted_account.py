"""Ben takes his data along and deletes his account: nothing of his stays in his browser either."""

import zipfile

from playwright.sync_api import expect

from core.tests.browser import axe
from core.tests.browser.hands import begin
from core.tests.browser.notepage import expect_stored, open_note, write
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, BEN, PASSWORD, Serve

KEPT = "async () => (await indexedDB.databases()).map(({ name }) => name)"


def test_an_account_is_deleted_and_the_browser_forgets_it(serve: Serve, visit: Visitors) -> None:
    server = serve(LOG_LEVEL="WARNING")
    note = begin(server).note
    visit.excuse("status of 422")
    ada, ben = visit(server, ADA), visit(server, BEN)
    open_note(ben, note)
    write(ben, "His words.")
    expect_stored(server, note, "His words.")
    assert ben.evaluate(KEPT)

    ben.goto("/accounts/profile/")
    with ben.expect_download() as download:
        ben.get_by_role("button", name="Download").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "His words." in {archive.read(name).decode() for name in archive.namelist()}

    ben.get_by_role("link", name="Delete …").click()
    group = ben.get_by_role("group", name="Algorithms, week by week")
    group.get_by_text("Ada Lindqvist owns it from now on").click()
    ben.get_by_label("Your password").fill("not it")
    ben.get_by_role("button", name="Delete my account for ever").click()
    expect(ben.get_by_text("That is not your password.")).to_be_visible()
    assert axe.violations(ben) == []
    assert ben.evaluate(KEPT)
    ben.get_by_label("Your password").fill(PASSWORD)
    ben.get_by_role("button", name="Delete my account for ever").click()
    expect(ben.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    ben.wait_for_function(f"({KEPT})().then((names) => names.length === 0)")
    assert axe.violations(ben) == []

    open_note(ada, note)
    expect(ada.locator("body")).to_contain_text("Former member")
    assert "Ben" not in ada.content()
