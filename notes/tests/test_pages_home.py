"""Home, the feed, the palette, and what was put away."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.accounts.models import User
from notes.models import Activity, Note, Notebook
from notes.services import activity, notebooks, notes
from notes.views.reading import FEED_ROWS

HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_ada(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def queries(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as caught:
        ask()
    return len(caught)


def test_somebody_new_is_told_how_it_begins(client: Client, mallory: User) -> None:
    client.force_login(mallory)
    page = client.get("/").content.decode()
    assert "No notebook yet" in page
    assert "Quiet so far" in page


def test_who_put_everything_away_is_not_taken_for_somebody_new(
    as_ada: Client, ada: User, course: Notebook, handshake: Note
) -> None:
    notebooks.delete(ada, course)
    page = as_ada.get("/").content.decode()
    assert "Nothing is written here yet" not in page
    assert "None of your notebooks is open" in page


def test_home_shows_the_notes_that_changed_last(as_ada: Client, handshake: Note) -> None:
    page = as_ada.get("/").content.decode()
    assert "TCP handshake" in page
    assert "Three segments are enough." in page


def test_home_shows_nothing_of_strangers(client: Client, mallory: User, handshake: Note) -> None:
    client.force_login(mallory)
    assert "TCP handshake" not in client.get("/").content.decode()


def test_the_socket_goes_on_where_the_page_ends(as_ada: Client, handshake: Note) -> None:
    newest = Activity.objects.order_by("-cursor")[0].cursor
    assert f'hx-ws:connect="/ws/feed?topics=home&amp;after={newest}&amp;' in as_ada.get("/").content.decode()
    page = as_ada.get(handshake.get_absolute_url()).content.decode()
    assert f"topics=note:{handshake.public_id},reading:{handshake.public_id}&amp;after=" in page


def test_older_lines_follow_without_a_gap_or_a_double(as_ada: Client, ada: User, networking: Notebook) -> None:
    for number in range(FEED_ROWS + 5):
        notes.create(ada, notebook=networking, title=f"Note {number}")
    shown, fragment = [], as_ada.get("/").content.decode()
    while True:
        shown += [int(cursor) for cursor in re.findall(r'data-cursor="(\d+)"', fragment)]
        more = re.search(r'hx-get="(/activity[^"]+)"', fragment)
        if not more:
            break
        fragment = as_ada.get(more[1].replace("&amp;", "&"), headers=HTMX).content.decode()
    assert shown == sorted(Activity.objects.values_list("cursor", flat=True), reverse=True)


def test_older_lines_are_a_page_too(as_ada: Client, networking: Notebook, handshake: Note) -> None:
    newest = Activity.objects.order_by("-cursor")[0].cursor
    page = as_ada.get(f"/activity?topic=notebook:{networking.public_id}&before={newest}").content.decode()
    assert "<h1" in page
    assert "began the notebook" in page
    assert f'data-cursor="{newest}"' not in page


def test_a_page_is_asked_for_again_when_one_goes_back(as_ada: Client) -> None:
    assert as_ada.get("/")["Cache-Control"] == "private, no-cache"


def test_home_and_notebook_ask_the_same_number_of_questions_as_they_grow(
    as_ada: Client, ada: User, ben: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    def pages() -> None:
        for url in (
            "/",
            course.get_absolute_url(),
            networking.get_absolute_url(),
            f"/notebooks/{course.public_id}/people",
        ):
            assert as_ada.get(url).status_code == 200

    notes.create(ada, notebook=course, title="Begin here")  # nobody asks for the authors of no notes
    before = queries(pages)
    for number in range(4):
        inner = notebooks.create(ada, title=f"Part {number}", parent=course)
        notebooks.create(ada, title=f"Other {number}")
        for place in (inner, course, networking):
            note = notes.create(ben, notebook=place, title=f"Note {number}")
            activity.fold_edit(ada, note, added=3, removed=1)
    assert queries(pages) == before


def test_the_palette_finds_titles_by_their_words(as_ada: Client, handshake: Note) -> None:
    found = as_ada.get("/palette?q=shake tcp", headers=HTMX).content.decode()
    assert handshake.get_absolute_url() in found
    assert "<html" not in found


def test_the_palette_knows_only_what_one_may_see(client: Client, mallory: User, handshake: Note) -> None:
    client.force_login(mallory)
    assert "Nothing is called" in client.get("/palette?q=handshake", headers=HTMX).content.decode()


def test_the_palette_escapes_what_was_asked(as_ada: Client) -> None:
    assert "<b>" not in as_ada.get("/palette?q=<b>zzz", headers=HTMX).content.decode()


def test_what_was_put_away_is_listed_once_with_the_way_back(
    as_ada: Client, ada: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    lost = notes.create(ada, notebook=course, title="A mistake")
    notes.delete(ada, lost)
    notebooks.archive(ada, networking)
    page = as_ada.get("/removed").content.decode()
    assert f'action="/notes/{lost.public_id}/restore"' in page
    assert f'action="/notebooks/{networking.public_id}/unarchive"' in page
    assert "TCP handshake" not in page  # it comes back with its notebook


def test_who_may_not_bring_back_sees_archived_things_only(
    client: Client, ada: User, cleo: User, networking: Notebook, handshake: Note
) -> None:
    lost = notes.create(ada, notebook=networking, title="A mistake")
    notes.delete(ada, lost)
    notes.archive(ada, handshake)
    client.force_login(cleo)
    page = client.get("/removed").content.decode()
    assert "TCP handshake" in page
    assert "A mistake" not in page
    assert "/unarchive" not in page


def test_the_tree_shows_a_nested_notebook_to_its_own_members(
    client: Client, mallory: User, networking: Notebook
) -> None:
    networking.memberships.create(user=mallory, role=10)
    client.force_login(mallory)
    row = re.search(rf'<a class="row([^"]*)" href="{networking.get_absolute_url()}"', client.get("/").content.decode())
    assert row
    assert "kid" not in row[1]
