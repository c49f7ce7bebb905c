"""Pages say who else is here, and where; to those who may know."""

import re
from typing import Any

import pytest

from core.accounts.models import User
from notes.models import Membership, Note, Notebook
from notes.services import memberships, notebooks, notes
from realtime.tests.feed.conftest import Open, Sit
from realtime.tests.feed.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "Nobody else is here just now."


def people(page: Page) -> list[str]:
    rows = re.findall(r"<li[^>]*>(.*?)</li>", page.places.get("#presence", ""), re.DOTALL)
    return [" ".join(re.sub(r'<span class="face.*?</span>|<[^>]+>', "", row).split()) for row in rows]


def count(page: Page, place: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.places.get(place, "?")).split())


def spine(notebook: Notebook) -> str:
    return f'[data-live-notebook="{notebook.public_id}"]'


async def test_at_first_nobody_is_here(open_page: Open, ada: User, handshake: Note) -> None:
    page = await open_page(ada, "home")
    await page.until(lambda: people(page))
    assert people(page) == [NOBODY]
    assert count(page, "[data-live-notebook]") == ""


async def test_who_reads_and_who_writes(
    open_page: Open, sit_down: Sit, ada: User, ben: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    home = await open_page(ada, "home")
    author = await sit_down(ben, handshake)
    await home.until(lambda: people(home) == ["Ben reads TCP handshake"])
    assert count(home, "#presence-count") == "1 here"
    assert count(home, spine(networking)) == "1 here"
    assert spine(course) not in home.places
    await author.write("Hello.")
    await home.until(lambda: people(home) == ["Ben writes in TCP handshake"])
    await author.leave()
    await home.until(lambda: people(home) == [NOBODY])
    assert count(home, "#presence-count") == ""
    assert count(home, spine(networking)) == ""


async def test_the_pages_of_notebook_and_note(
    open_page: Open, sit_down: Sit, do: Any, ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    elsewhere = await do(notes.create)(ada, notebook=course, title="Elsewhere")
    around = await open_page(ada, f"notebook:{course.public_id}")
    at_note = await open_page(ada, f"note:{handshake.public_id}")
    at_other = await open_page(ada, f"note:{elsewhere.public_id}")
    await sit_down(ben, handshake)
    await around.until(lambda: people(around) == ["Ben reads TCP handshake"])
    await at_note.until(lambda: people(at_note) == ["Ben is reading"])
    await at_other.until(lambda: at_other.places.get("#presence"))
    assert people(at_other) == [NOBODY]


async def test_one_is_not_company_for_oneself(
    open_page: Open, sit_down: Sit, ada: User, ben: User, handshake: Note
) -> None:
    page = await open_page(ben, "home")
    await sit_down(ben, handshake)
    await sit_down(ada, handshake)
    await page.until(lambda: people(page) == ["Ada reads TCP handshake"])


async def test_strangers_see_nobody(
    open_page: Open, sit_down: Sit, do: Any, ada: User, mallory: User, handshake: Note
) -> None:
    """What is shown to Mallory after a look that showed Ben to Ada."""
    stranger = await open_page(mallory, "home")
    friend = await open_page(ada, "home")
    await sit_down(await User.objects.aget(display_name="Ben"), handshake)
    await friend.until(lambda: people(friend) == ["Ben reads TCP handshake"])
    mine = await do(notebooks.create)(mallory, title="Mine")
    await sit_down(mallory, await do(notes.create)(mallory, notebook=mine, title="Alone"))
    await stranger.until(lambda: people(stranger))
    assert people(stranger) == [NOBODY]
    assert count(stranger, "[data-live-notebook]") == ""


async def test_whoever_is_removed_sees_nobody_any_more(
    open_page: Open, sit_down: Sit, do: Any, ada: User, cleo: User, course: Notebook, handshake: Note
) -> None:
    page = await open_page(cleo, "home")
    await sit_down(ada, handshake)
    await page.until(lambda: people(page) == ["Ada reads TCP handshake"])
    await do(memberships.remove)(ada, await Membership.objects.aget(notebook=course, user=cleo))
    await page.until(lambda: people(page) == [NOBODY])


async def test_names_are_text(open_page: Open, sit_down: Sit, do: Any, ada: User, ben: User, handshake: Note) -> None:
    ben.display_name = "<script>alert(1)</script>"
    await ben.asave()
    page = await open_page(ada, "home")
    await sit_down(ben, handshake)
    await page.until(lambda: "alert(1)" in page.places.get("#presence", ""))
    assert "<script>" not in page.places["#presence"]
