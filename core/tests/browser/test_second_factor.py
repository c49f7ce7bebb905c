"""Setting up a second factor, signing in with it, and turning it off: every page on the way is for everybody."""

from playwright.sync_api import Page, expect

from core.accounts.tests.codes import FACTOR, code_of
from core.tests.browser.looks import look_well
from core.tests.browser.visitors import Visitors
from core.tests.servers import ADA, PASSWORD, Serve

ROOT = "root@example.org"
SUPERUSER = (
    f"from core.accounts.models import User;User.objects.create_superuser('{ROOT}', '{PASSWORD}', display_name='Root')"
)


def sign_in(page: Page, email: str, path: str = "/accounts/login/") -> None:
    page.goto(path)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def type_code(page: Page, seed: str, button: str) -> None:
    """A code may grow old on its way: then the next one is typed."""
    for _ in range(2):
        page.locator("[name=code]").fill(code_of(seed))
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state()
        if not page.locator("[name=code]").count():
            return


def test_it_is_set_up_from_the_profile_and_asked_for_from_then_on(serve: Serve, visit: Visitors) -> None:
    visit.excuse("status of 4")
    house = serve()
    page = visit(house)
    sign_in(page, ADA, "/accounts/login/?next=/accounts/profile/")
    page.locator("li", has_text="Second factor").get_by_role("link").click()
    look_well(page)
    page.get_by_role("link", name="Set up").click()
    look_well(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    picture = page.locator("img.qr")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.naturalWidth") > 0, "the policy blocked the QR code"
    seed = page.locator("#totp-secret").input_value()
    look_well(page)
    page.locator("[name=code]").fill("000000")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_text("That code does not hold.")).to_be_visible()
    look_well(page)
    type_code(page, seed, "Set it up")
    expect(page.locator(".codes li")).to_have_count(10)
    recovery = page.locator(".codes li").first.inner_text()
    look_well(page)
    page.goto(FACTOR)
    look_well(page)
    for path in ("totp/deactivate/", "recovery-codes/generate/"):
        page.goto(f"{FACTOR}{path}")
        look_well(page)

    elsewhere = visit(house)
    sign_in(elsewhere, ADA)
    expect(elsewhere.get_by_role("heading", name="The code, please")).to_be_visible()
    look_well(elsewhere)
    elsewhere.get_by_label("Code").fill(recovery)
    elsewhere.get_by_role("button", name="Sign in", exact=True).click()
    expect(elsewhere).to_have_url(f"{house.url}/")
    elsewhere.goto(f"{FACTOR}reauthenticate/")
    look_well(elsewhere)

    page.goto(f"{FACTOR}totp/deactivate/")
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("link", name="Set up")).to_be_visible()


def test_an_operator_is_led_to_it_and_then_let_into_the_admin(serve: Serve, visit: Visitors) -> None:
    house = serve(ADMIN_MFA="true")
    house.manage("shell", "--no-imports", "-c", SUPERUSER)
    page = visit(house)
    page.goto("/admin/")
    sign_in(page, ROOT, page.url)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    type_code(page, page.locator("#totp-secret").input_value(), "Set it up")
    page.get_by_role("link", name="On to the admin").click()
    expect(page).to_have_url(f"{house.url}/admin/")
    expect(page.get_by_role("heading", name="What is here")).to_be_visible()
