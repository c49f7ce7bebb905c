"""Whoever reads a note sees its page follow the writing, block by block."""

import re
from html import unescape
from typing import Any

import pytest

from core.accounts.models import User
from notes.models import Membership, Note, Notebook
from notes.services import memberships, notes
from realtime.feed import feed
from realtime.registry import registry
from realtime.tests.client import until
from realtime.tests.feed.conftest import Open, Sit
from realtime.tests.feed.pages import PIECE, Page

pytestmark = pytest.mark.django_db(transaction=True)

BLOCK = re.compile(
    r'<div id="(block-\d+)" class="block ?([^"]*)" data-lines="(\d+)">(.*?)</div>(?=\n<div id="|$)', re.S
)

TEXT = "# One\n\nfirst\n\nsecond\n\nthird"


class SetPage:
    """What a browser would show in #preview: (id, classes, html), and which places each message named."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.blocks: list[tuple[str, str, str]] = []
        self.outline = ""
        self.named: list[list[str]] = []
        self.page.take = self.take

    def take(self, message: str) -> None:
        pieces = [(unescape(place), how, html) for place, how, html in PIECE.findall(message)]
        mine = [each for each in pieces if each[0].startswith(("#preview", "#block-", "#outline"))]
        if mine:
            self.named.append([f"{place} {how}" for place, how, _ in mine])
        for place, how, html in mine:
            new = [(found[1], found[2], found[4]) for found in BLOCK.finditer(html)]
            if place == "#outline":
                self.outline = html
            elif place == "#preview":
                self.blocks = new if how == "innerMorph" else new + self.blocks
            else:
                (at,) = [index for index, block in enumerate(self.blocks) if f"#{block[0]}" == place]
                keep = self.blocks[at : at + 1] if how == "afterend" else []
                self.blocks[at : at + 1] = keep + new

    @property
    def words(self) -> list[str]:
        return [re.sub("<[^>]+>", "", html) for _, _, html in self.blocks]

    async def until(self, *words: str) -> None:
        await self.page.until(lambda: self.words == list(words))


@pytest.fixture
async def lesson(do: Any, ada: User, networking: Notebook) -> Note:
    lesson: Note = await do(notes.create)(ada, notebook=networking, title="Lesson", text=TEXT)
    return lesson


async def reading(open_page: Open, user: User, note: Note) -> SetPage:
    return SetPage(await open_page(user, f"note:{note.public_id},reading:{note.public_id}"))


async def test_a_reader_is_sent_the_whole_page_first(open_page: Open, cleo: User, lesson: Note) -> None:
    page = await reading(open_page, cleo, lesson)
    await page.until("One", "first", "second", "third")
    assert [block[0] for block in page.blocks] == ["block-1", "block-2", "block-3", "block-4"]
    assert page.named == [["#preview innerMorph", "#outline outerMorph"]]
    assert 'href="#p-one"' in page.outline


async def test_only_what_changed_is_sent(open_page: Open, sit_down: Sit, ben: User, cleo: User, lesson: Note) -> None:
    page = await reading(open_page, cleo, lesson)
    author = await sit_down(ben, lesson)
    await page.until("One", "first", "second", "third")
    await author.write("2nd", replacing="second")
    await page.until("One", "first", "2nd", "third")
    assert page.named[1:] == [["#block-3 outerMorph"]]
    await author.write("\n\nnew", replacing="")
    await page.until("One", "first", "2nd", "third", "new")
    assert "#block-4 afterend" in page.named[-1]
    await author.write("", replacing="first\n\n")
    await page.until("One", "2nd", "third", "new")
    assert "#block-2 delete" in page.named[-1]
    await author.write("zero\n\n", before="#")
    await page.until("zero", "One", "2nd", "third", "new")
    assert "#preview afterbegin" in page.named[-1]


async def test_a_new_heading_is_in_the_outline(
    open_page: Open, sit_down: Sit, ben: User, cleo: User, lesson: Note
) -> None:
    page = await reading(open_page, cleo, lesson)
    author = await sit_down(ben, lesson)
    await author.write("\n\n## Two")
    await page.page.until(lambda: "#p-two" in page.outline)


async def test_the_block_bears_the_bar_of_its_writer_for_a_while(
    open_page: Open, sit_down: Sit, do: Any, ben: User, cleo: User, lesson: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.reading.MARK_SECONDS", 0.5)
    ben.colour = 5
    await ben.asave()
    page = await reading(open_page, cleo, lesson)
    author = await sit_down(ben, lesson)
    await page.until("One", "first", "second", "third")
    await author.write("2nd", replacing="second")
    await page.until("One", "first", "2nd", "third")
    assert [block[1] for block in page.blocks] == ["", "", "bar p5", ""]
    await page.page.until(lambda: not any(block[1] for block in page.blocks))
    assert page.named[-1] == ["#block-3 outerMorph"]


async def test_two_writers_have_a_bar_each(
    open_page: Open, sit_down: Sit, ada: User, ben: User, cleo: User, lesson: Note
) -> None:
    ben.colour, ada.colour = 5, 2
    await ben.asave()
    await ada.asave()
    page = await reading(open_page, cleo, lesson)
    first, second = await sit_down(ada, lesson), await sit_down(ben, lesson)
    await page.until("One", "first", "second", "third")
    await first.write("1st", replacing="first")
    await second.write("3rd", replacing="third")
    await page.until("One", "1st", "second", "3rd")
    assert [block[1] for block in page.blocks] == ["", "bar p2", "", "bar p5"]


async def test_a_page_that_empties_and_fills_again(
    open_page: Open, sit_down: Sit, ben: User, cleo: User, lesson: Note
) -> None:
    page = await reading(open_page, cleo, lesson)
    author = await sit_down(ben, lesson)
    await author.write("", replacing=TEXT)
    await page.page.until(lambda: "A blank page." in page.page.places.get("#preview", ""))
    assert page.blocks == []
    await author.write("again")
    await page.until("again")


async def test_each_burst_is_set_once_for_all_readers(
    open_page: Open, sit_down: Sit, ada: User, ben: User, cleo: User, lesson: Note
) -> None:
    pages = [await reading(open_page, user, lesson) for user in (ada, cleo)]
    author = await sit_down(ben, lesson)
    for page in pages:
        await page.until("One", "first", "second", "third")
    for letter in "abcdef":
        await author.write(letter)
    for page in pages:
        await page.until("One", "first", "second", "thirdabcdef")
        assert len(page.named) <= 3
    assert pages[0].blocks == pages[1].blocks


async def test_who_comes_later_sees_what_the_others_see(
    open_page: Open, sit_down: Sit, ada: User, ben: User, cleo: User, lesson: Note
) -> None:
    early = await reading(open_page, ada, lesson)
    author = await sit_down(ben, lesson)
    await early.until("One", "first", "second", "third")
    await author.write("zero\n\n", before="#")
    await early.until("zero", "One", "first", "second", "third")
    late = await reading(open_page, cleo, lesson)
    await late.until("zero", "One", "first", "second", "third")
    assert [block[0] for block in late.blocks] == [block[0] for block in early.blocks]


async def test_a_reader_holds_the_room_open_and_lets_it_go(open_page: Open, cleo: User, lesson: Note) -> None:
    page = await reading(open_page, cleo, lesson)
    await page.until("One", "first", "second", "third")
    room = registry().rooms[lesson.pk]
    assert (room.holds, room.idle, len(room.members)) == (1, False, 0)
    await page.page.leave()
    await until(lambda: not room.holds, "the room is let go")
    assert room.idle
    assert not room.on_shown


async def test_a_reader_who_is_removed_reads_no_more(
    open_page: Open, sit_down: Sit, do: Any, ada: User, ben: User, cleo: User, course: Notebook, lesson: Note
) -> None:
    page = await reading(open_page, cleo, lesson)
    author = await sit_down(ben, lesson)
    await page.until("One", "first", "second", "third")
    await do(memberships.remove)(ada, await Membership.objects.aget(notebook=course, user=cleo))
    assert await page.page.until_closed() == 4403
    await author.write("secret")
    assert not any("secret" in word for word in page.words)
    assert not feed().readings._of


async def test_what_is_written_is_harmless_when_pushed(
    open_page: Open, sit_down: Sit, ben: User, cleo: User, lesson: Note
) -> None:
    page = await reading(open_page, cleo, lesson)
    author = await sit_down(ben, lesson)
    await author.write("\n\n<hx-partial hx-target='#feed'>x</hx-partial> [a](/b \"<hx-x hx-get=/y>\")")
    await page.page.until(lambda: len(page.blocks) == 5)
    assert "&lt;hx-partial" in page.blocks[-1][2]
    assert "&lt;hx-x hx-get=/y&gt;" in page.blocks[-1][2]
