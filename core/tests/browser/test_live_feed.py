"""The feed moves by itself, wherever it stands."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.tests.browser.hands import Hand, Place, begin
from core.tests.browser.notepage import open_note, write
from core.tests.browser.visitors import AWAY, Visitors
from core.tests.servers import ADA, BEN, Serve, Server


def rows(page: Page, words: str) -> Locator:
    return page.locator("#feed > li").filter(has_text=words)


def path_of(where: str, place: Place) -> str:
    return {"home": "/", "notebook": place.notebook, "note": place.note}[where]


@pytest.mark.parametrize("where", ["home", "notebook", "note"])
def test_what_ben_does_is_told_as_it_happens(house: Server, visit: Visitors, where: str) -> None:
    place = begin(house, f"Seen from {where}")
    ada, ben = visit(house, ADA), visit(house, BEN)
    ada.goto(path_of(where, place))
    expect(rows(ada, f"You began Seen from {where}")).to_have_count(1)

    open_note(ben, place.note)
    write(ben, "A new sentence.")
    edited = rows(ada, f"Ben Okafor edited Seen from {where}")
    expect(edited).to_have_count(1)
    expect(edited).to_contain_text("+15")

    Hand(house, BEN).post(f"{place.note}rename", title=f"Told {where}")
    expect(rows(ada, f"Ben Okafor renamed Seen from {where} to Told {where}")).to_have_count(1)

    Hand(house, ADA).post(f"{place.note}rename", title=f"Mine {where}")
    expect(rows(ada, f"You renamed Told {where} to Mine {where}")).to_have_count(1)


def test_a_sitting_is_one_row_that_grows(house: Server, visit: Visitors) -> None:
    place = begin(house, "One sitting")
    ada, ben = visit(house, ADA), visit(house, BEN)
    ada.goto(place.notebook)
    open_note(ben, place.note)
    write(ben, "Ten signs.")
    edited = rows(ada, "Ben Okafor edited One sitting")
    expect(edited).to_contain_text("+10")
    identity = edited.get_attribute("id")
    write(ben, " And ten more")
    expect(edited).to_contain_text("+23")
    expect(edited).to_have_count(1)
    expect(edited).to_have_attribute("id", identity or "")


def test_who_is_in_the_note_is_told_on_the_notebook_and_counted(house: Server, visit: Visitors) -> None:
    place = begin(house, "Company")
    ada, ben = visit(house, ADA), visit(house, BEN)
    ada.goto(place.notebook)
    presence = ada.locator("#presence > li")
    expect(presence).to_have_text("Nobody else is here just now.")
    open_note(ben, place.note)
    expect(presence.filter(has_text="Ben Okafor")).to_have_count(1)
    expect(presence).to_contain_text("Company")
    expect(ada.locator("#presence-count")).to_have_text(re.compile(r"^1\b"))
    notebook = place.notebook.strip("/").split("/")[1]
    expect(ada.locator(f'[data-live-notebook="{notebook}"]')).to_have_text(re.compile(r"^1\b"))
    ringed = ada.get_by_role("link", name="Ben Okafor").locator(".face-here")
    expect(ringed).to_have_accessible_name("Ben Okafor")
    ben.close()
    expect(presence).to_have_text("Nobody else is here just now.")
    expect(ada.locator("#presence-count")).to_have_text("")
    expect(ringed).to_have_count(0)


def test_a_reader_without_rights_is_told_nothing(house: Server, visit: Visitors) -> None:
    theirs, hers = begin(house, "Of both"), begin(house, "Hers alone", editors=())
    ben = visit(house, BEN)
    ben.goto("/")
    ada = visit(house, ADA)
    open_note(ada, hers.note)
    write(ada, "Secret.")
    Hand(house, ADA).post(f"{hers.note}rename", title="Hers alone still")
    Hand(house, ADA).post(f"{theirs.note}rename", title="Of both still")
    expect(rows(ben, "renamed Of both to Of both still")).to_have_count(1)
    expect(rows(ben, "Hers alone")).to_have_count(0)


def test_what_was_missed_while_the_server_was_down_comes_once(serve: Serve, visit: Visitors) -> None:
    visit.excuse(AWAY)
    server = serve()
    place = begin(server, "Before")
    ada = visit(server, ADA)
    ada.goto("/")
    expect(rows(ada, "You began Before")).to_have_count(1)
    Hand(server, BEN).post(f"{place.note}rename", title="Earlier")
    expect(rows(ada, "renamed Before to Earlier")).to_have_count(1)
    ada.context.set_offline(True)
    server.kill()
    server.start()
    Hand(server, BEN).post(f"{place.note}rename", title="Between")
    Hand(server, BEN).post(f"{place.note}rename", title="After")
    ada.context.set_offline(False)
    for words in ("renamed Before to Earlier", "renamed Earlier to Between", "renamed Between to After"):
        expect(rows(ada, words)).to_have_count(1)
    Hand(server, BEN).post(f"{place.note}rename", title="At last")
    expect(rows(ada, "renamed After to At last")).to_have_count(1)
    cursors = ada.locator("#feed > li[data-cursor]").evaluate_all("(rows) => rows.map((row) => +row.dataset.cursor)")
    assert cursors == sorted(set(cursors), reverse=True)
