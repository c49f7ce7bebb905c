"""What is asked all day looks at few rows, however many there are, and reads no table from one end to the other.

`make test` runs this on both databases: a hundred thousand of everything (crowd.py).
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.accounts.models import User
from core.background.models import WaitingMail
from core.tests.database.crowd import DUE, LEFT, LONG_LOG, LONG_NOTE, MANY
from core.tests.database.work import watched
from notes import access
from notes.models import Activity, Export, Note, Notebook
from notes.services import contents, exports, history, segments
from notes.services.activity import fold_edit
from realtime import appending, lines, persistence
from realtime.auth import standing
from realtime.listening import Scope
from realtime.storage import Append, Appended, Entry, Head

pytestmark = pytest.mark.usefixtures("db")

type Looked = Callable[..., Any]


def look(call: Callable[[], Any], *, at_most: int) -> Any:
    """The answer; it was found by looking at so many rows at the most."""
    with watched() as work:
        answer = call()
    assert work.statements
    assert not work.scanned, work.plans
    assert work.rows <= at_most, work.plans
    return answer


@pytest.fixture
def ada() -> User:
    return User.objects.get(pk=1)


@pytest.fixture
def client(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    client.get("/")  # what is made once, as templates, is no work of the database
    return client


# --- Rooms -------------------------------------------------------------------------------------------------------


def test_a_long_note_opens_by_its_snapshot_and_what_came_after_it() -> None:
    loaded = look(lambda: persistence.load(LONG_NOTE), at_most=40)
    assert len(loaded.rows) == 20
    assert loaded.owners == {1: 1}


def test_the_heads_of_many_notes_are_looked_up_one_by_one() -> None:
    heads = look(lambda: persistence._heads(range(1, 101)), at_most=200)
    assert len(heads) == 100


def test_a_flush_looks_at_the_notes_that_it_writes_to() -> None:
    flush = [
        Append(pk, head_of(pk), [Entry(b"x", 1, (MANY + pk,)), Entry(b"y", 1, ())]) for pk in range(50_001, 50_021)
    ]
    outcomes = look(lambda: appending.commit(flush), at_most=200)
    assert outcomes == [Appended(append.head.seq + 1) for append in flush]


def test_a_flush_that_comes_behind_others_looks_at_what_it_missed() -> None:
    behind = Head(2 * LONG_LOG - 10, 1, 1)
    outcome, *_ = look(
        lambda: appending.commit([Append(LONG_NOTE, behind, [Entry(b"x", MANY, (MANY + 1,))])]), at_most=60
    )
    assert isinstance(outcome, (Appended, Head))


def head_of(pk: int) -> Head:
    return Head(*Note.objects.values_list("seq", "epoch", "access_epoch").get(pk=pk))


def test_the_rights_of_a_handshake_are_found_by_keys(ada: User, client: Client) -> None:
    note = Note.objects.visible_to(ada)[0]
    found = look(lambda: standing(client.session.session_key, note.public_id), at_most=20)
    assert found.abilities.write
    assert look(lambda: access.abilities(ada, note), at_most=10).share


def test_what_one_may_see_is_found_from_ones_memberships(ada: User) -> None:
    seen = look(lambda: list(Notebook.objects.visible_to(ada)), at_most=100)
    assert {notebook.depth for notebook in seen} == {1, 2}


def test_a_sitting_is_folded_into_the_line_of_its_note(ada: User) -> None:
    note = Note.objects.select_related("notebook").get(pk=MANY)
    look(lambda: fold_edit(ada, note, added=1, removed=0), at_most=40)


def test_a_socket_that_comes_back_reads_the_lines_that_it_missed(ada: User) -> None:
    nothing = frozenset[int]()
    scope = Scope(ada, member_of=nothing, home=True, notebooks=nothing, notes=nothing, reading=nothing)
    after = lines.newest_cursor()
    look(lambda: lines.beginning(scope, after, "home"), at_most=300)
    look(lambda: lines.lines_after(after - 10, lambda *_: False), at_most=60)


# --- Pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/activity", f"/activity?before={MANY // 2}", "/palette?q=note", "/removed"])
def test_a_page_looks_at_what_is_on_it(client: Client, path: str) -> None:
    assert look(lambda: client.get(path).status_code, at_most=600) == 200


def test_the_page_of_a_notebook_or_a_note_looks_at_what_is_on_it(client: Client, ada: User) -> None:
    for thing in (Notebook.objects.visible_to(ada)[0], Note.objects.visible_to(ada)[0]):
        assert look(partial(_status, client, thing.get_absolute_url()), at_most=600) == 200


def _status(client: Client, path: str) -> int:
    return client.get(path).status_code


# --- Chores ------------------------------------------------------------------------------------------------------


def test_messages_and_exports_that_are_due_are_found_among_many_that_are_not() -> None:
    assert len(look(lambda: list(WaitingMail.objects.due()), at_most=2 * DUE)) == DUE
    assert len(look(lambda: list(Export.objects.due()), at_most=2 * DUE)) == DUE
    assert look(exports.expire, at_most=10) == 0


def test_packing_looks_at_a_window_of_notes_and_at_a_few_rows_of_each() -> None:
    due, after = look(lambda: segments.due(MANY // 2), at_most=8 * segments.WINDOW_NOTES)
    assert due == []
    assert after == MANY // 2 + segments.WINDOW_NOTES


def test_the_log_behind_a_place_is_read_from_that_place() -> None:
    head = head_of(LONG_NOTE)
    rows = look(lambda: list(history.updates(LONG_NOTE, epoch=1, after=head.seq - 5, head=head.seq)), at_most=20)
    assert len(rows) == 5


def test_the_sweep_for_what_was_left_looks_at_every_note_once() -> None:
    """Nothing tells it where to look: an index of how far a note is ahead would be written with every keystroke."""
    with watched() as work:
        left = contents.left_unfolded(timezone.now() - timedelta(days=1))
    assert set(left) >= set(range(2, LEFT))
    assert work.scanned <= {"notes_note"}
    assert work.rows <= 4 * MANY


def test_the_tables_are_large() -> None:
    """Else all of this would say nothing."""
    with connection.cursor() as cursor:
        for model in (User, Notebook, Note, Activity, WaitingMail, Export):
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
            assert cursor.fetchone()[0] >= MANY
