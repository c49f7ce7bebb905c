"""A notebook is taken away as a Zip file of Markdown, made in the background."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from core.accounts.models import User
from core.lib import tasks as running
from core.lib.errors import Invalid
from notes import tasks
from notes.events import ExportMoved
from notes.models import Export, Membership, Note, Notebook
from notes.services import exports, memberships, notebooks, notes
from notes.tests.test_events import Heard


@pytest.fixture
def made(handshake: Note, course: Notebook, ada: User, db: None) -> Export:
    """One that is ready."""
    export = exports.begin(ada, course)
    tasks.resume_exports()
    return Export.objects.get(pk=export.pk)


def unpacked(export: Export) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(exports.file_of(export))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def begin_by_page(client: Client, notebook: Notebook) -> str:
    answer = client.post(f"{notebook.get_absolute_url()}export")
    assert answer.status_code == 302
    return str(answer["Location"])


# --- Through the pages -------------------------------------------------------------------------------------------


def test_it_is_asked_for_made_and_fetched(
    client: Client,
    cleo: User,
    course: Notebook,
    handshake: Note,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client.force_login(cleo)
    with django_capture_on_commit_callbacks(execute=True):
        place = begin_by_page(client, course)
    assert "1 note, " in client.get(place).content.decode()
    answer = client.get(f"{place}file")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="Back-end, from scratch.zip"'
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = archive.namelist()
        assert name == "Back-end, from scratch/Networking/TCP handshake.md"
        assert archive.read(name) == b"Three segments are enough."


def test_while_it_is_made_the_page_says_how_far_it_is(client: Client, ada: User, course: Notebook) -> None:
    client.force_login(ada)
    place = begin_by_page(client, course)
    Export.objects.update(state=Export.State.RUNNING, done=3, total=12)
    page = client.get(place).content.decode()
    assert "3 of 12 notes" in page
    assert 'max="100" value="25"' in page
    assert client.get(f"{place}file").status_code == 404
    part = client.get(place, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div class="export"')


@pytest.mark.parametrize("path", ["", "file"])
def test_it_is_for_nobody_else(client: Client, ben: User, made: Export, path: str) -> None:
    client.force_login(ben)
    assert client.get(f"{made.get_absolute_url()}{path}").status_code == 404


def test_who_was_put_out_meanwhile_cannot_fetch_it(client: Client, ada: User, ben: User, course: Notebook) -> None:
    client.force_login(ben)
    place = begin_by_page(client, course)
    tasks.resume_exports()
    assert client.get(f"{place}file").status_code == 200
    memberships.remove(ada, Membership.objects.get(user=ben, notebook=course))
    assert client.get(f"{place}file").status_code == 404


def test_a_stranger_cannot_ask_for_one(client: Client, mallory: User, course: Notebook) -> None:
    client.force_login(mallory)
    assert client.post(f"{course.get_absolute_url()}export").status_code == 404
    assert not Export.objects.exists()


# --- What is in it -----------------------------------------------------------------------------------------------


def test_titles_become_names_that_every_system_takes(ada: User, course: Notebook) -> None:
    for title in ("../../etc/passwd", "a\\b:c*?", "CON", "...", "Same", "same", "🌊" * 90):
        notes.create(ada, notebook=course, title=title, text=f"of {title}")
    notebooks.create(ada, title="Same", parent=course)
    export = exports.begin(ada, course)
    exports.make(export.pk)
    names = [name.removeprefix("Back-end, from scratch/") for name in unpacked(export)]
    assert names == [
        "etc passwd.md", "a b c.md", "_CON.md", "Untitled.md", "Same.md", "same (2).md", f"{'🌊' * 50}.md",
    ]  # fmt: skip


def test_what_is_archived_is_in_it_and_what_is_deleted_is_not(
    ada: User, course: Notebook, networking: Notebook, handshake: Note
) -> None:
    kept = notes.create(ada, notebook=course, title="Kept", text="k")
    gone = notes.create(ada, notebook=course, title="Gone", text="g")
    hidden = notebooks.create(ada, title="Hidden", parent=course)
    notes.create(ada, notebook=hidden, title="Inside", text="i")
    notes.archive(ada, kept)
    notes.delete(ada, gone)
    notebooks.delete(ada, hidden)
    export = exports.begin(ada, course)
    exports.make(export.pk)
    assert sorted(name.rpartition("/")[2] for name in unpacked(export)) == ["Kept.md", "TCP handshake.md"]


def test_one_without_notes_is_an_empty_archive(ada: User, course: Notebook) -> None:
    export = exports.begin(ada, course)
    exports.make(export.pk)
    assert unpacked(export) == {}


def test_one_that_is_too_large_says_so(
    ada: User, course: Notebook, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_BYTES", 10)
    export = exports.begin(ada, course)
    exports.make(export.pk)
    export.refresh_from_db()
    assert (export.state, export.problem, export.size) == (Export.State.FAILED, exports.TOO_LARGE, 0)


# --- Whatever happens to the worker ------------------------------------------------------------------------------


def test_who_asks_twice_is_given_the_same(ada: User, course: Notebook) -> None:
    assert exports.begin(ada, course) == exports.begin(ada, course)


def test_two_workers_make_it_once(made: Export) -> None:
    before = exports.file_of(made)
    exports.make(made.pk)
    made.refresh_from_db()
    assert made.tries == 1
    assert exports.file_of(made) == before


def test_one_that_was_left_half_made_is_made_again(ada: User, course: Notebook, handshake: Note) -> None:
    export = exports.begin(ada, course)
    dead = {"state": Export.State.RUNNING, "tries": 1}
    Export.objects.filter(pk=export.pk).update(**dead, lease_until=timezone.now() + exports.LEASE)
    tasks.resume_exports()
    assert not exports.file_of(export), "its worker may be alive"
    Export.objects.filter(pk=export.pk).update(**dead, lease_until=timezone.now())
    tasks.resume_exports()
    assert len(unpacked(export)) == 1


def test_one_that_ends_its_workers_is_given_up(ada: User, course: Notebook) -> None:
    export = exports.begin(ada, course)
    Export.objects.filter(pk=export.pk).update(state=Export.State.RUNNING, tries=exports.TRIES)
    tasks.resume_exports()
    export.refresh_from_db()
    assert (export.state, export.problem) == (Export.State.FAILED, exports.FAILED)


def test_a_worker_that_took_too_long_does_not_write_over_the_next(
    ada: User, course: Notebook, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = exports.begin(ada, course)

    def overtaken(_: Export) -> bytes:
        Export.objects.filter(pk=export.pk).update(tries=2, state=Export.State.READY, data=b"of the second")
        return b"of the first"

    monkeypatch.setattr(exports, "_archive", overtaken)
    exports.make(export.pk)
    assert exports.file_of(export) == b"of the second"


def test_it_stops_at_the_next_note_when_the_server_ends(ada: User, course: Notebook, handshake: Note) -> None:
    export = exports.begin(ada, course)
    running.ending.set()
    try:
        with pytest.raises(running.Interrupted):
            exports.make(export.pk)
    finally:
        running.ending.clear()
    export.refresh_from_db()
    assert export.state == Export.State.RUNNING, "the sweep finds it"


def test_who_may_no_longer_read_is_told_so(ada: User, ben: User, course: Notebook) -> None:
    export = exports.begin(ben, course)
    memberships.remove(ada, Membership.objects.get(user=ben, notebook=course))
    exports.make(export.pk)
    export.refresh_from_db()
    assert export.problem == exports.GONE


# --- In the long run ---------------------------------------------------------------------------------------------


def test_it_goes_after_a_day(made: Export) -> None:
    tasks.expire_exports()
    Export.objects.update(expires_at=timezone.now())
    tasks.expire_exports()
    assert not Export.objects.exists()


def test_somebody_makes_only_so_many_a_day(ada: User, course: Notebook) -> None:
    old = timezone.now() - timedelta(days=2)
    for _ in range(exports.MOST_A_DAY):
        Export.objects.create(notebook=course, requested_by=ada, state=Export.State.READY)
    with pytest.raises(Invalid, match="20 exports today"):
        exports.begin(ada, course)
    Export.objects.update(created_at=old)
    assert exports.begin(ada, course).state == Export.State.WAITING


def test_its_owner_is_told_how_it_ends(
    heard: Heard,
    ada: User,
    course: Notebook,
    handshake: Note,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    moves = heard(ExportMoved)
    with django_capture_on_commit_callbacks(execute=True):
        export = exports.begin(ada, course)
    assert moves == [ExportMoved(export.pk, ada.pk)]
