"""What pages keep is never what was: each change shows at once, because it asks for something else."""

import ast
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY

from core.accounts.models import User
from notes import caching, markdown
from notes.models import Activity, Membership, Note, Notebook, Verb
from notes.services import memberships, notebooks, notes
from notes.views.lines import line_html

type Change = Callable[[User, Note], object]  # Ada, and her note


def count(kind: str, result: str) -> float:
    return REGISTRY.get_sample_value("commonplace_cache_reads_total", {"kind": kind, "result": result}) or 0.0


def page(client: Client, user: User, path: str = "/") -> str:
    client.force_login(user)
    return client.get(path).content.decode()


# --- Rights --------------------------------------------------------------------------------------------------------


def test_who_was_removed_finds_nothing_at_once(
    client: Client, ada: User, ben: User, course: Notebook, handshake: Note
) -> None:
    assert "Three segments are enough." in page(client, ben, handshake.get_absolute_url())
    assert "TCP handshake" in page(client, ben)
    memberships.remove(ada, Membership.objects.get(notebook=course, user=ben))
    assert client.get(handshake.get_absolute_url()).status_code == 404
    assert "TCP handshake" not in page(client, ben)


def test_what_was_set_for_one_is_not_shown_to_a_stranger(
    client: Client, ada: User, mallory: User, handshake: Note
) -> None:
    page(client, ada, handshake.get_absolute_url())
    client.force_login(mallory)
    assert client.get(handshake.get_absolute_url()).status_code == 404


# --- Notes as pages ------------------------------------------------------------------------------------------------


def test_a_note_is_set_once_for_all_its_readers(
    client: Client, ada: User, cleo: User, dana: User, handshake: Note
) -> None:
    hits, misses = count("markdown", "hit"), count("markdown", "miss")
    for reader in (ada, cleo, dana):
        page(client, reader, handshake.get_absolute_url())
    assert (count("markdown", "hit") - hits, count("markdown", "miss") - misses) == (2, 1)


def test_another_renderer_sets_its_own_pages(
    client: Client, ada: User, handshake: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(client, ada, handshake.get_absolute_url())
    misses = count("markdown", "miss")
    monkeypatch.setattr(caching, "renderer", lambda: "of the next release")
    page(client, ada, handshake.get_absolute_url())
    assert count("markdown", "miss") == misses + 1


def test_every_package_that_renders_is_a_part_of_the_key() -> None:
    (folder,) = map(Path, markdown.__path__)
    imported = {
        name.split(".")[0]
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    packages = packages_distributions()
    found = {packages[name][0].lower() for name in imported if name in packages}
    assert found - {"django"} == {name.lower() for name in caching.RENDERERS}


# --- Lines of the feed ---------------------------------------------------------------------------------------------


def test_a_renamed_note_has_its_new_name_in_all_lines_at_once(client: Client, ada: User, handshake: Note) -> None:
    assert "TCP handshake" in page(client, ada).split('id="feed"')[1]
    notes.rename(ada, handshake, title="Three-way handshake")
    lines = page(client, ada).split('id="feed"')[1]
    assert lines.count("<em>Three-way handshake</em>") == 2
    assert lines.count("TCP handshake") == 1  # "renamed TCP handshake to ..."


def test_a_line_is_made_once_for_all_who_read_the_same(
    client: Client, ben: User, cleo: User, dana: User, handshake: Note
) -> None:
    page(client, ben)
    misses = count("lines", "miss")
    page(client, cleo)
    page(client, dana, handshake.notebook.get_absolute_url())
    assert count("lines", "miss") == misses


def test_who_did_it_reads_you(client: Client, ada: User, ben: User, handshake: Note) -> None:
    for user, words in ((ben, ">Ada</span>"), (ada, ">You</span>"), (ben, ">Ada</span>")):
        assert f'<span class="who"{words}' in page(client, user)


def person(**fields: object) -> Change:
    return lambda ada, _: User.objects.filter(pk=ada.pk).update(**fields)


def line(**fields: object) -> Change:
    return lambda _, handshake: Activity.objects.filter(note=handshake, verb=Verb.NOTE_CREATED).update(**fields)


CHANGES: dict[str, Change] = {
    "the note's title": lambda ada, handshake: notes.rename(ada, handshake, title="Another"),
    "the note is deleted": lambda ada, handshake: notes.delete(ada, handshake),
    "the notebook's title": lambda ada, handshake: notebooks.update(
        ada, handshake.notebook, title="Wires", description="", cloth=1
    ),
    "the notebook is deleted": lambda ada, handshake: notebooks.delete(ada, handshake.notebook),
    "the notebook alone is deleted": lambda _, handshake: Notebook.objects.filter(pk=handshake.notebook.pk).update(
        deleted_at=timezone.now()
    ),
    "the person's name": person(display_name="Countess Lovelace"),
    "the address of who has no name": person(display_name="", email="xy@example.org"),
    "the person's ink": person(colour=5),
    "nobody is named any more": line(actor=None),
    "the cursor": line(cursor=9_999),
    "the time": line(changed_at="2020-02-02T02:02:02Z"),
    "the deed": line(verb=Verb.NOTE_ARCHIVED),
    "what is said of it": line(verb=Verb.NOTE_RENAMED, data={"old": "a", "new": "b"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_changes_a_line_changes_its_key(change: Change, ada: User, handshake: Note) -> None:
    def read() -> Activity:
        found: Activity = Activity.objects.newest_first().get(pk=key)
        return found

    key = Activity.objects.get(note=handshake).pk
    before = line_html(read())
    change(ada, handshake)
    after = line_html(read())
    caching.lines.clear()
    assert after == line_html(read())
    assert after != before


def test_the_same_time_in_another_zone_has_other_words(handshake: Note) -> None:
    done = Activity.objects.newest_first().get(note=handshake)
    here = line_html(done)
    for zone in ("Etc/GMT+1", "Etc/GMT-1"):  # in one of them it is the same day at any hour
        with timezone.override(zone):
            assert line_html(done) != here
