"""Notes by their pages: begun, renamed, moved, put away and brought back."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from notes.models import Note, Notebook, NoteSegment, NoteUpdate
from notes.services import notebooks, notes
from notes.services.contents import text_of

HTMX = {"HX-Request": "true"}
INLINE = ["bold", "italic", "strike", "code", "link"]
MARKS = [*INLINE, "heading", "bullet", "ordered", "task", "quote", "codeblock", "table"]


@pytest.fixture
def as_ben(client: Client, ben: User) -> Client:
    client.force_login(ben)
    return client


def test_a_note_is_begun_with_a_title_alone(as_ben: Client, networking: Notebook) -> None:
    answer = as_ben.post(f"/notebooks/{networking.public_id}/notes/new", {"title": "Sockets"})
    note = Note.objects.get(title="Sockets")
    assert answer["Location"] == note.get_absolute_url()
    assert note.notebook == networking
    assert text_of(note) == ""


def test_a_note_is_begun_where_one_chooses(as_ben: Client, networking: Notebook, course: Notebook) -> None:
    as_ben.post("/notes/new", {"title": "Sockets", "notebook": course.public_id})
    assert Note.objects.get(title="Sockets").notebook == course


def test_a_note_is_not_begun_where_one_may_only_read(client: Client, cleo: User, networking: Notebook) -> None:
    client.force_login(cleo)
    answer = client.post("/notes/new", {"title": "Sockets", "notebook": networking.public_id})
    assert answer.status_code == 422
    assert not Note.objects.filter(title="Sockets").exists()


def test_who_may_write_nowhere_is_told_what_to_do(client: Client, mallory: User) -> None:
    client.force_login(mallory)
    assert "No notebook to write in" in client.get("/notes/new").content.decode()


def test_the_page_of_a_note_holds_to_its_contract(as_ben: Client, ben: User, handshake: Note) -> None:
    page = as_ben.get(handshake.get_absolute_url()).content.decode()
    for piece in (
        "data-note ",
        f'data-note-id="{handshake.public_id}"',
        'data-epoch="1"',
        'data-role="editor"',
        'data-writable="true"',
        f'data-user-id="{ben.public_id}"',
        'data-user-name="Ben"',
        'data-user-colour="1"',
        'data-view="both"',
        "data-light ",
        "data-lamp",
        "data-light-text",
        "data-light-detail",
        "data-people",
        "data-toolbar",
        "data-view-switch",
        "data-editor>",
        "data-editor-fallback",
        "data-preview",
        "data-drafts",
        "<noscript>",
        "Three segments are enough.",
    ):
        assert piece in page, piece
    for command in [*MARKS, "undo", "redo", "find"]:
        assert f'data-command="{command}"' in page
    for view in ("write", "both", "read"):
        assert f'data-view-to="{view}"' in page


def test_the_chosen_view_is_remembered(as_ben: Client, handshake: Note) -> None:
    as_ben.cookies["view"] = "write"
    assert 'data-view="write"' in as_ben.get(handshake.get_absolute_url()).content.decode()
    as_ben.cookies["view"] = '"><script>'
    assert 'data-view="both"' in as_ben.get(handshake.get_absolute_url()).content.decode()


def test_a_viewer_gets_a_page_to_read(client: Client, cleo: User, handshake: Note) -> None:
    client.force_login(cleo)
    page = client.get(handshake.get_absolute_url()).content.decode()
    assert 'data-writable="false"' in page
    assert 'data-view="read"' in page
    assert "data-toolbar" not in page


def test_the_text_cannot_leave_its_place_on_the_page(as_ben: Client, ben: User, networking: Notebook) -> None:
    text = "</pre><script>alert(1)</script> {{ csrf_token }}"
    note = notes.create(ben, notebook=networking, title="<b>bold</b>", text=text)
    page = as_ben.get(note.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "<b>bold</b>" not in page
    assert "{{ csrf_token }}" in page


def test_a_note_is_renamed_in_place(as_ben: Client, handshake: Note) -> None:
    answer = as_ben.post(f"/notes/{handshake.public_id}/rename", {"title": "Three segments"}, headers=HTMX)
    fragment = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in fragment
    assert ">Three segments</textarea>" in fragment
    assert '<hx-partial hx-target="#crumb-title"' in fragment


def test_a_note_is_renamed_without_javascript(as_ben: Client, handshake: Note) -> None:
    answer = as_ben.post(f"/notes/{handshake.public_id}/rename", {"title": "Three segments"}, follow=True)
    assert answer.redirect_chain == [(handshake.get_absolute_url(), 302)]
    assert "Three segments" in answer.content.decode()


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_an_empty_title_is_refused_and_the_old_one_kept(
    headers: dict[str, str], as_ben: Client, handshake: Note
) -> None:
    answer = as_ben.post(f"/notes/{handshake.public_id}/rename", {"title": ""}, headers=headers)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    handshake.refresh_from_db()
    assert handshake.title == "TCP handshake"


def test_a_note_moves(as_ben: Client, handshake: Note, course: Notebook) -> None:
    as_ben.post(f"/notes/{handshake.public_id}/move", {"notebook": course.public_id})
    handshake.refresh_from_db()
    assert handshake.notebook == course


def test_the_page_to_move_a_note_names_it_among_the_crumbs(as_ben: Client, handshake: Note) -> None:
    page = as_ben.get(f"/notes/{handshake.public_id}/move").content.decode()
    assert f'<a href="{handshake.get_absolute_url()}">TCP handshake</a>' in page


def test_a_note_moves_only_to_a_place_that_is_offered(as_ben: Client, ada: User, handshake: Note) -> None:
    secret = notebooks.create(ada, title="Only me")
    answer = as_ben.post(f"/notes/{handshake.public_id}/move", {"notebook": secret.public_id})
    assert answer.status_code == 422
    assert "Only me" not in answer.content.decode()


def test_a_note_changes_places_with_the_one_before(
    as_ben: Client, ben: User, networking: Notebook, handshake: Note
) -> None:
    second = notes.create(ben, notebook=networking, title="Sockets")
    as_ben.post(f"/notes/{second.public_id}/reorder", {"step": "up"})
    page = as_ben.get(networking.get_absolute_url()).content.decode()
    assert re.findall(r'<a class="ti" href="[^"]+">([^<]+)', page) == ["Sockets", "TCP handshake"]


@pytest.mark.parametrize(("deed", "field"), [("archive", "archived_at"), ("delete", "deleted_at")])
def test_what_is_put_away_comes_back_by_the_toast(deed: str, field: str, as_ben: Client, handshake: Note) -> None:
    page = as_ben.post(f"/notes/{handshake.public_id}/{deed}", follow=True).content.decode()
    undo = re.search(r'<form method="post" action="([^"]+)">.{0,200}Undo', page)
    assert undo
    handshake.refresh_from_db()
    assert getattr(handshake, field)
    as_ben.post(undo[1])
    handshake.refresh_from_db()
    assert not getattr(handshake, field)


def test_a_deleted_note_shows_the_way_back(as_ben: Client, ben: User, handshake: Note) -> None:
    notes.delete(ben, handshake)
    page = as_ben.get(handshake.get_absolute_url()).content.decode()
    assert f'action="/notes/{handshake.public_id}/restore"' in page
    assert "data-note " not in page


@pytest.mark.parametrize("page", ["note", "note-read"])
def test_a_note_whose_history_is_damaged_says_so(as_ben: Client, handshake: Note, page: str) -> None:
    NoteUpdate.objects.filter(note=handshake).delete()
    NoteSegment.objects.create(note=handshake, epoch=1, first_seq=1, last_seq=1, data=b"\x01damaged")
    answer = as_ben.get(reverse(page, args=[handshake.public_id]))
    assert answer.status_code == 503
    assert "history is damaged" in answer.content.decode()
    assert "data-note " not in answer.content.decode()


def test_an_impossible_deed_is_explained_where_one_was(
    as_ben: Client, ada: User, networking: Notebook, handshake: Note
) -> None:
    notebooks.archive(ada, networking)
    answer = as_ben.post(
        f"/notes/{handshake.public_id}/unarchive", headers={"Referer": "http://testserver/removed"}, follow=True
    )
    assert answer.redirect_chain == [("/removed", 302)]
    assert "is archived. Bring that back first." in answer.content.decode()


def test_a_referer_names_no_other_host(as_ben: Client, ada: User, networking: Notebook, handshake: Note) -> None:
    notebooks.archive(ada, networking)
    referer = {"Referer": "http://testserver//evil.example/removed?a=b"}
    answer = as_ben.post(f"/notes/{handshake.public_id}/unarchive", headers=referer)
    assert answer["Location"] == "/evil.example/removed?a=b"


def test_a_foreign_referer_leads_nowhere(as_ben: Client, ada: User, networking: Notebook, handshake: Note) -> None:
    notebooks.archive(ada, networking)
    answer = as_ben.post(f"/notes/{handshake.public_id}/unarchive", headers={"Referer": "http://evil.example/removed"})
    assert answer["Location"] == "/"


def test_the_set_page_alone_is_a_fragment(as_ben: Client, handshake: Note) -> None:
    fragment = as_ben.get(f"/notes/{handshake.public_id}/read", headers=HTMX).content.decode()
    assert fragment.startswith('<article class="page"')
    assert "<html" in as_ben.get(f"/notes/{handshake.public_id}/read").content.decode()
