"""Everything that is one person's, as a zip that they can read without Commonplace: JSON, and their notes as Markdown.

Which notes: those in notebooks that they own, and those in which they wrote and which they may still read. What others
wrote and they may only read is not theirs to take along. What they may not read any more is named by its id alone: it
may be called something else by now, and be somewhere else.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from django.db.models import Q, QuerySet

from core.accounts.models import AuditEntry, User
from core.accounts.secondfactor import has_one
from core.accounts.services import addresses_of
from notes.models import Activity, Invitation, Membership, Note, Notebook, NoteClient, Role, Verb
from notes.packing import DamagedSegmentError
from notes.services import contents
from notes.services.filenames import Names

ABOUT = """What Commonplace holds of you.

profile.json       your name, your addresses, and since when you have an account
memberships.json   the notebooks that you are a member of, and what you may do there
permissions.jsonl  changes of what people may do that you made, or that were about you, the oldest first
activity.jsonl     every line of the feed that you caused, the oldest first
invitations.json   the invitations that you made, and those that you accepted
writing.json       where you wrote, and how many characters you added and removed, as the feed counted them
notes.json         which file holds which note
notes/             the notes in notebooks that you own, and those in which you wrote, as Markdown

Times are in UTC. The hash of your password is not in it, nor are your sessions.
"""


def write(user: User, file: BinaryIO) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        titles = Titles(user)
        archive.writestr("README.txt", ABOUT)
        archive.writestr("profile.json", _json(_profile(user)))
        archive.writestr("memberships.json", _json(list(_memberships(user))))
        archive.writestr("invitations.json", _json(list(_invitations(user, titles))))
        archive.writestr("writing.json", _json(list(_writing(user, titles))))
        _write_lines(archive, "permissions.jsonl", _permissions(user, titles))
        _write_lines(archive, "activity.jsonl", _activity(user, titles))
        archive.writestr("notes.json", _json(list(_write_notes(archive, user))))


class Titles:
    """Those that somebody may read now."""

    def __init__(self, user: User) -> None:
        seen = (Notebook.objects.visible_to(user), Notebook.objects.of_member(user), Note.objects.visible_to(user))
        self._seen = {key for things in (*seen, notes_of(user)) for key in things.values_list("public_id", flat=True)}

    def named(self, thing: Note | Notebook) -> dict[str, Any]:
        return {"id": thing.public_id, "title": self.of(thing.public_id, thing.title)}

    def of(self, public_id: str, title: str) -> str | None:
        return title if public_id in self._seen else None


def notes_of(user: User) -> QuerySet[Note]:
    """The notes that they take along, also deleted ones of their own notebooks."""
    owned = Q(notebook__in=Notebook.objects.of_member(user, Role.OWNER))
    wrote = Q(pk__in=NoteClient.objects.filter(user=user).values("note")) | Q(created_by=user)
    seen = Q(pk__in=Note.objects.visible_to(user))
    found: QuerySet[Note] = Note.objects.filter(owned | (wrote & seen)).select_related("notebook")
    return found.order_by("notebook__path", "position", "pk")


def _profile(user: User) -> dict[str, Any]:
    return {
        "id": user.public_id,
        "name": user.display_name,
        "email": user.email,
        "addresses": sorted(addresses_of(user)),
        "ink": user.colour,
        "joined": user.date_joined,
        "signed in last": user.last_login,
        "may use the admin": user.is_staff,
        "second factor": has_one(user),
    }


def _memberships(user: User) -> Iterator[dict[str, Any]]:
    for membership in Membership.objects.filter(user=user).select_related("notebook").order_by("created_at"):
        yield {**_named(membership.notebook), "role": membership.get_role_display(), "since": membership.created_at}


def _invitations(user: User, titles: Titles) -> Iterator[dict[str, Any]]:
    mine = Invitation.objects.filter(Q(created_by=user) | Q(accepted_by=user)).select_related("notebook")
    for invitation in mine.order_by("created_at"):
        made = invitation.created_by_id == user.pk
        yield {
            **titles.named(invitation.notebook),
            "made or accepted": "made" if made else "accepted",
            "role": invitation.get_role_display(),
            # What somebody else noted about whom they invited is not told.
            "for": invitation.email if made else "",
            "made": invitation.created_at,
            "good until": invitation.expires_at,
            "accepted": invitation.accepted_at,
            "withdrawn": invitation.revoked_at,
        }


def _permissions(user: User, titles: Titles) -> Iterator[dict[str, Any]]:
    rows = AuditEntry.objects.filter(Q(actor=user) | Q(about=user)).order_by("pk")
    for row in rows.iterator():
        yield {
            "at": row.at,
            "what": row.get_deed_display(),
            "by you": row.actor_id == user.pk,
            "about you": row.about_id == user.pk,
            "notebook": titles.of(row.notebook_id, row.notebook_title),
            "note": titles.of(row.note_id, row.note_title),
            "before": row.before,
            "after": row.after,
        }


def _activity(user: User, titles: Titles) -> Iterator[dict[str, Any]]:
    lines = Activity.objects.filter(actor=user).select_related("notebook", "note").order_by("created_at", "pk")
    for line in lines.iterator():
        yield {
            "at": line.created_at,
            "until": line.changed_at,
            "what": line.verb,
            "notebook": titles.named(line.notebook),
            "note": titles.named(line.note) if line.note else None,
            **{key: value for key, value in line.data.items() if not key.endswith("_key")},
        }


def _writing(user: User, titles: Titles) -> Iterator[dict[str, Any]]:
    sittings = Activity.objects.filter(actor=user, verb=Verb.NOTE_EDITED).select_related("note", "notebook")
    counts: dict[int, dict[str, Any]] = {}
    for line in sittings.order_by("pk").iterator():
        assert line.note is not None  # an edit is one of a note
        about = {**titles.named(line.note), "notebook": titles.named(line.notebook)}
        begun = {**about, "sittings": 0, "added": 0, "removed": 0}
        note = counts.setdefault(line.note.pk, begun)
        note["sittings"] += 1
        for way in ("added", "removed"):
            note[way] += line.data.get(way, 0)
    yield from counts.values()


def _write_notes(archive: zipfile.ZipFile, user: User) -> Iterator[dict[str, Any]]:
    """A folder for each notebook, beside each other: of some the person does not see what is around them."""
    folders, names = Names(), dict[int, tuple[str, Names]]()
    for note in notes_of(user):
        if note.notebook_id not in names:
            names[note.notebook_id] = folders.one(note.notebook.title), Names()
        folder, inside = names[note.notebook_id]
        told = {**_named(note), "notebook": note.notebook.title, "begun": note.created_at, "changed": note.changed_at}
        if note.deleted_at or note.notebook.deleted_at:
            told["deleted"] = note.deleted_at or note.notebook.deleted_at
        try:
            text = contents.text_of(note)
        except DamagedSegmentError:
            yield {**told, "file": None, "why": "a part of its history is damaged"}
            continue
        path = f"notes/{folder}/{inside.one(note.title, '.md')}"
        archive.writestr(path, text)
        yield {**told, "file": path}


def _named(thing: Note | Notebook) -> dict[str, Any]:
    return {"id": thing.public_id, "title": thing.title}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"


def _write_lines(archive: zipfile.ZipFile, name: str, rows: Iterable[Any]) -> None:
    with archive.open(name, "w") as member:
        for row in rows:
            member.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
