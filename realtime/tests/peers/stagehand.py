"""Sets the stage for peers: people with sessions, notes, roles; and reads the log. A process beside the server.

Reads a line of JSON for each wish from standard input, and answers each with one. The server's own pages are not used:
what is tested here is the socket.
"""

import base64
import json
import sys
from importlib import import_module
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  # Django comes first
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.utils import timezone  # noqa: E402

from core.accounts.models import User  # noqa: E402
from notes import documents  # noqa: E402
from notes.models import LoadMark, Membership, Note, Notebook, NoteSegment, NoteSnapshot, NoteUpdate, Role  # noqa: E402
from notes.services import contents, history, memberships, notebooks, segments  # noqa: E402
from notes.tests import logs  # noqa: E402


class Stage:
    """One notebook, owned by Ada."""

    def __init__(self) -> None:
        self.ada = User.objects.create_user("ada@peers.example.org", display_name="Ada")
        self.notebook = notebooks.create(self.ada, title="Peers")

    def person(self, name: str, role: str | None) -> dict[str, Any]:
        """Somebody with a session, and with a role in the notebook unless it is None."""
        email = f"{name.lower()}@peers.example.org"
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, display_name=name)
        if role and user != self.ada:
            Membership.objects.update_or_create(
                notebook=self.notebook, user=user, defaults={"role": Role[role.upper()]}
            )
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
        return {"name": name, "cookie": cookie, "id": user.public_id, "key": user.pk}

    def notes(self, texts: list[str]) -> list[str]:
        """A note for each text; returns their public ids."""
        new = [Note(notebook=self.notebook, title=f"Note {n}", created_by=self.ada) for n in range(len(texts))]
        made = Note.objects.bulk_create(new)
        for note, text in zip(made, texts, strict=True):
            if text:
                contents.seed(note, text, self.ada)
        return [note.public_id for note in made]

    def role(self, name: str, role: str) -> None:
        membership = Membership.objects.get(notebook=self.notebook, user__display_name=name)
        memberships.change_role(self.ada, membership, role=Role[role.upper()])

    def dismiss(self, name: str) -> None:
        memberships.remove(self.ada, Membership.objects.get(notebook=self.notebook, user__display_name=name))

    def log(self, note: str) -> dict[str, Any]:
        """All that the database holds of a note's text."""
        found = Note.objects.get(public_id=note)
        rows = history.updates(found.pk, epoch=found.epoch)
        return {
            "seq": found.seq,
            "rows": [
                {
                    "seq": row.seq,
                    "author": row.author_id,
                    "at": row.created_at.isoformat(),
                    "quarantined": row.quarantined,
                    "data": _text(row.data),
                }
                for row in rows
            ],
        }

    def fill(self, note: str, updates: int) -> None:
        """A log that may be packed: so many updates of yesterday, and a snapshot."""
        found = Note.objects.get(public_id=note)
        logs.write(found, [self.ada, None], updates)
        logs.snap(found)

    def pack(self, note: str) -> None:
        found = Note.objects.get(public_id=note)
        held = contents.stored(found.pk)
        document = documents.document_of(held.updates)
        contents.save_snapshot(found.pk, epoch=found.epoch, seq=held.seq, state=document.state(), text=document.text())
        logs.age(found)
        segments.FEWEST_UPDATES = 1
        list(segments.pack_note(found.pk))

    def damage(self, note: str) -> None:
        segment = NoteSegment.objects.get(note__public_id=note)
        *rest, last = bytes(segment.data)
        segment.data = bytes([*rest, last ^ 0xFF])
        segment.save(update_fields=["data"])

    def forget_snapshot(self, note: str) -> None:
        NoteSnapshot.objects.filter(note__public_id=note).delete()

    def kept(self, note: str) -> dict[str, int]:
        """Where the log is."""
        found = Note.objects.get(public_id=note)
        return {"rows": found.updates.count(), "segments": found.segments.count()}

    def invite(self, email: str) -> None:
        user = User.objects.get(email=email)
        Membership.objects.get_or_create(notebook=self.notebook, user=user, defaults={"role": Role.EDITOR})

    def append(self, note: str, data: str) -> None:
        found = Note.objects.get(public_id=note)
        found.seq += 1
        NoteUpdate.objects.create(
            note=found, seq=found.seq, epoch=found.epoch, created_at=timezone.now(), data=base64.b64decode(data)
        )
        found.save(update_fields=["seq"])

    def mark(self, notes: list[str]) -> None:
        """As after a process that died while it loaded these notes."""
        found = Note.objects.filter(public_id__in=notes)
        LoadMark.objects.bulk_create([LoadMark(note=note, process="the one that died") for note in found])

    def notebook_id(self) -> str:
        notebook: Notebook = self.notebook
        return notebook.public_id


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def main() -> None:
    stage = Stage()
    for line in sys.stdin:
        wish = json.loads(line)
        try:
            answer = {"result": getattr(stage, wish["do"])(**wish["with"])}
        except Exception as error:  # noqa: BLE001  # whatever it is, who wished is told
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
