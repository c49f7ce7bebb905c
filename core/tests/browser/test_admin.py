"""The admin works under the content security policy, and on a phone: no console complains, no page sticks out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from core.tests.browser.hands import begin
from core.tests.browser.looks import sticking_out
from core.tests.browser.notepage import light, open_note
from core.tests.browser.visitors import DESK, PHONE, Visitors
from core.tests.servers import BEN, PASSWORD, Server, Templates, servers

ROOT = "root@example.org"
OPERATOR = (
    "from core.accounts.models import User; from notes.models import Note; from notes.services import history;"
    f"User.objects.create_superuser('{ROOT}', '{PASSWORD}', display_name='Root');"
    "history.quarantine(Note.objects.get(title='Isolation levels').pk, [1], 'It cannot be replayed.')"
)
PAGES = [
    *("", "rooms/", "limits/", "accounts/user/add/", "auth/group/add/", "account/emailaddress/"),
    *("accounts/user/", "accounts/auditentry/", "notes/notebook/", "notes/note/", "notes/quarantine/"),
    *("notes/invitation/", "notes/activity/", "notes/noteupdate/"),
]


@pytest.fixture(scope="module")
def server(_templates: Templates) -> Iterator[Server]:
    with servers(_templates) as running:
        server = running.serve()
        server.manage("shell", "--no-imports", "-c", OPERATOR)
        yield server


@pytest.mark.parametrize("path", PAGES)
def test_a_list_and_its_first_page(server: Server, visit: Visitors, path: str) -> None:
    page = visit(server, ROOT)
    paths = [f"/admin/{path}"]
    page.goto(paths[0])
    if page.locator("#result_list").count():
        href = page.locator("#result_list tbody th a").first.get_attribute("href")
        assert href
        paths.append(href)
    for each in paths:
        page.goto(each)
        expect(page.locator("#content h1").first).to_be_visible()
        for viewport in (DESK, PHONE):
            page.set_viewport_size(viewport)
            assert sticking_out(page) == [], f"{each}, {viewport['width']} px wide"


def test_a_member_is_chosen_from_a_list_and_added(server: Server, visit: Visitors) -> None:
    page = visit(server, ROOT)
    page.goto("/admin/notes/notebook/?q=Networking")
    page.get_by_role("link", name="Networking").first.click()
    page.get_by_text("Add another Membership").click()
    page.locator(".dynamic-memberships .select2-selection").last.click()
    page.get_by_role("option", name="Cleo Marsh").click()
    page.locator("select[name$=-role]").nth(0).select_option("editor")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/admin/accounts/auditentry/?q=cleo")
    row = page.locator("#result_list tr", has_text="added as a member")
    expect(row).to_contain_text("Networking")
    expect(row).to_contain_text("editor")
    expect(row).to_contain_text("admin")


def test_somebody_is_deactivated_and_their_open_note_says_so(server: Server, visit: Visitors) -> None:
    his, page = visit(server, BEN), visit(server, ROOT)
    open_note(his, begin(server).note)
    page.goto("/admin/accounts/user/?q=ben")
    page.locator("#result_list input.action-select").check()
    page.get_by_label("Action:").select_option("deactivate")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("1 deactivated.")).to_be_visible()
    expect(light(his)).to_have_text("Signed out, sign in to go on")
