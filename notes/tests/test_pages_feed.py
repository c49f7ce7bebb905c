"""Every deed has its sentence in the feed."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from core.accounts.models import User
from notes.models import Activity, Note, Notebook, Verb

DATA: dict[Verb, dict[str, object]] = {
    Verb.NOTE_EDITED: {"added": 120, "removed": 4},
    Verb.NOTE_RENAMED: {"old": "Handshake", "new": "TCP handshake"},
    Verb.NOTEBOOK_RENAMED: {"old": "Nets", "new": "Networking"},
    Verb.MEMBER_JOINED: {"role": "editor"},
    Verb.ROLE_CHANGED: {"member": "Ben", "role": "owner"},
}
SENTENCES = {
    Verb.NOTEBOOK_CREATED: "Ada began the notebook Networking",
    Verb.NOTEBOOK_RENAMED: "Ada renamed the notebook Nets to Networking",
    Verb.NOTEBOOK_MOVED: "Ada moved the notebook Networking",
    Verb.NOTEBOOK_ARCHIVED: "Ada archived the notebook Networking",
    Verb.NOTEBOOK_UNARCHIVED: "Ada took the notebook Networking out of the archive",
    Verb.NOTEBOOK_DELETED: "Ada deleted the notebook Networking",
    Verb.NOTEBOOK_RESTORED: "Ada brought back the notebook Networking",
    Verb.NOTE_CREATED: "Ada began TCP handshake in Networking",
    Verb.NOTE_RENAMED: "Ada renamed Handshake to TCP handshake",
    Verb.NOTE_MOVED: "Ada moved TCP handshake to Networking",
    Verb.NOTE_ARCHIVED: "Ada archived TCP handshake",
    Verb.NOTE_UNARCHIVED: "Ada took TCP handshake out of the archive",
    Verb.NOTE_DELETED: "Ada deleted TCP handshake",
    Verb.NOTE_RESTORED: "Ada brought back TCP handshake",
    Verb.NOTE_EDITED: "Ada edited TCP handshake +120 −4 characters in this sitting",
    Verb.MEMBER_JOINED: "Ada joined Networking as an editor",
    Verb.MEMBER_LEFT: "Ada left Networking",
    Verb.ROLE_CHANGED: "Ada made Ben an owner of Networking",
}


def sentence(activity: Activity) -> str:
    html = render_to_string("notes/components/activity.html", {"activity": activity})
    assert html.strip().startswith(f'<li id="activity-{activity.pk}" data-cursor="{activity.cursor}">')
    words = re.sub(r"<time.*?</time>|<span class=\"face.*?</span>|<[^>]+>", " ", html)
    return " ".join(words.split())


def line(verb: Verb, ada: User | None, handshake: Note, **data: object) -> Activity:
    note = handshake if verb.startswith("note-") else None
    activity: Activity = Activity.objects.create(
        verb=verb, actor=ada, notebook=handshake.notebook, note=note, data={**DATA.get(verb, {}), **data}, cursor=9_999
    )
    return activity


@pytest.mark.parametrize("verb", list(Verb))
def test_each_verb_has_its_sentence(verb: Verb, ada: User, handshake: Note) -> None:
    assert sentence(line(verb, ada, handshake)) == SENTENCES[verb]


def test_a_removed_member_is_named(ada: User, handshake: Note) -> None:
    assert sentence(line(Verb.MEMBER_LEFT, ada, handshake, member="Ben")) == "Ada removed Ben from Networking"


@pytest.mark.parametrize("verb", [Verb.NOTE_MOVED, Verb.NOTEBOOK_MOVED])
def test_who_stays_behind_reads_what_went(verb: Verb, ada: User, course: Notebook) -> None:
    gone = Activity.objects.create(
        verb=verb, actor=ada, notebook=course, data={"title": "Secrets", "away": True}, cursor=9_999
    )
    assert "Secrets out of Back-end, from scratch" in sentence(gone)


def test_a_closed_account_leaves_somebody(handshake: Note) -> None:
    assert sentence(line(Verb.NOTE_ARCHIVED, None, handshake)) == "Somebody archived TCP handshake"


def test_titles_are_escaped(ada: User, handshake: Note) -> None:
    handshake.title = "<script>"
    html = render_to_string("notes/components/activity.html", {"activity": line(Verb.NOTE_CREATED, ada, handshake)})
    assert "<script>" not in html


def test_a_deleted_note_is_named_and_not_linked(ada: User, handshake: Note) -> None:
    handshake.deleted_at = handshake.created_at
    html = render_to_string("notes/components/activity.html", {"activity": line(Verb.NOTE_DELETED, ada, handshake)})
    assert handshake.get_absolute_url() not in html


def test_a_page_calls_its_reader_you(client: Client, ada: User, ben: User, handshake: Note) -> None:
    for user, words in ((ada, ">You</span>"), (ben, ">Ada</span>")):
        client.force_login(user)
        page = client.get(f"/activity?topic=note:{handshake.public_id}").content.decode()
        assert f'<span class="who"{words}' in page


def test_a_long_title_is_shortened_in_a_line(ada: User, handshake: Note) -> None:
    handshake.title = "<b>" * 40
    words = sentence(line(Verb.NOTE_EDITED, ada, handshake))
    assert words.startswith("Ada edited &lt;b&gt;")
    assert "&lt;b… +120" in words
    assert words.count("&lt;") < 25
