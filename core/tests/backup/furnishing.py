"""Fills a database with all that a backup must bring through. A process of its own: the database is another's."""

import django

django.setup()

from datetime import timedelta  # noqa: E402  # Django comes first

from allauth.mfa.models import Authenticator  # noqa: E402
from django.contrib.admin.models import CHANGE, LogEntry  # noqa: E402
from django.contrib.auth.models import Group, Permission  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils import timezone  # noqa: E402

from core.accounts.models import User  # noqa: E402
from core.accounts.secondfactor import USE  # noqa: E402
from core.lib import clock  # noqa: E402
from core.lib.sealing import seal  # noqa: E402
from notes.models import LoadMark, Note, Notebook, NoteClient, NoteUpdate, Role  # noqa: E402
from notes.services import contents, history, invitations, memberships, notebooks, notes, segments  # noqa: E402
from notes.tests import logs  # noqa: E402
from realtime.tests.writers import Writer  # noqa: E402

FAMILY = "👩‍👩‍👧‍👦 𝒳 e\u0301 \u202eabc 東京 \ufeff"


class Author:
    """Somebody with a document of their own, whose edits become rows."""

    def __init__(self, user: User, note: Note, client_id: int) -> None:
        self.user, self.note, self.writer = user, note, Writer(client_id)
        for update in contents.stored(note.pk).updates:
            self.writer.hear(update)
        NoteClient.objects.create(note=note, epoch=note.epoch, client_id=client_id, user=user)

    def log(self, data: bytes, *, quarantined: bool = False) -> None:
        self.note.refresh_from_db()
        seq = self.note.seq + 1
        NoteUpdate.objects.create(
            note=self.note,
            seq=seq,
            epoch=self.note.epoch,
            author=self.user,
            created_at=clock.now(),
            data=data,
            quarantined=quarantined,
        )
        Note.objects.filter(pk=self.note.pk).update(seq=seq)


def main() -> None:
    ada, ben, cleo = User.objects.order_by("pk")
    course = Notebook.objects.get(title="Back-end, from scratch")
    write_much(ada, ben, course)
    write_emoji(ben, course)
    remove_things(ada, course)
    invite(ada, course)
    operate(cleo)
    SessionStore().create()


def write_much(ada: User, ben: User, course: Notebook) -> None:
    """A long history: packed, one update of it in quarantine, a snapshot in the middle, and rows after it."""
    note = notes.create(ada, notebook=course, title="Much was written here", text="It began.\n")
    hers = Author(ada, note, 2**53 - 1)
    for number in range(300):
        hers.log(hers.writer.append(f"{number} "))
    hers.log(b"\xff\xff no update at all", quarantined=True)
    hers.log(hers.writer.delete(3, 40))
    logs.age(note)
    held = contents.stored(note.pk)
    contents.save_snapshot(note.pk, epoch=1, seq=held.seq, state=hers.writer.state, text=hers.writer.text)
    segments.FEWEST_UPDATES = 1
    assert sum(segments.pack_note(note.pk)) == held.seq
    his = Author(ben, note, 5)
    for number in range(20):
        his.log(his.writer.insert(0, f"<{number}>"))
    his.log(b"\xff\xff no update at all", quarantined=True)
    history.quarantine(note.pk, [note.seq], "not an update")
    LoadMark.objects.create(note=note, process="the one that died")


def write_emoji(ben: User, course: Notebook) -> None:
    """Characters of two units, inserted and removed whole, and one that is put in the place of another."""
    note = notes.create(ben, notebook=course, title=f"Signs {FAMILY}", text=FAMILY * 3)
    author = Author(ben, note, 77)
    author.log(author.writer.insert(1, "😀😁"))
    author.log(author.writer.replace(2, 1, "😂"))
    author.log(author.writer.delete(0, 1))
    notes.create(ben, notebook=course, title="Nothing was written here")


def remove_things(ada: User, course: Notebook) -> None:
    notes.archive(ada, notes.create(ada, notebook=course, title="Archived", text="In the archive."))
    notes.delete(ada, notes.create(ada, notebook=course, title="Deleted", text="Thrown away."))
    outer = notebooks.create(ada, title="Deleted with all that is in it")
    inner = notebooks.create(ada, title="Made later than what is around it now")
    notes.create(ada, notebook=inner, title="Deep inside", text="Deep.")
    late = notebooks.create(ada, title="Around, and yet younger", parent=outer)
    notebooks.move(ada, inner, parent=late)
    notebooks.delete(ada, outer)


def invite(ada: User, course: Notebook) -> None:
    invitation, _ = invitations.invite(ada, notebook=course, role=Role.VIEWER, email="dora@example.org")
    invitations.revoke(ada, invitation)
    invitations.invite(ada, notebook=course, role=Role.EDITOR)
    dora = User.objects.create_user("dora@example.org", "her pass phrase", display_name="Dora 東京")
    _, token = invitations.invite(ada, notebook=course, role=Role.COMMENTER)
    memberships.change_role(ada, invitations.accept(dora, token=token), role=Role.EDITOR)
    gone = User.objects.create_user("gone@example.org", display_name="Gone")
    _, token = invitations.invite(ada, notebook=course, role=Role.EDITOR)
    memberships.remove(ada, invitations.accept(gone, token=token))
    gone.is_active = False
    gone.date_joined = timezone.now() - timedelta(days=400, microseconds=1)
    gone.save()


def operate(cleo: User) -> None:
    """Somebody with rights in the admin and a second factor, and what they did there."""
    helpers = Group.objects.create(name="Helpers")
    kind = ContentType.objects.get_for_model(User)
    helpers.permissions.add(Permission.objects.get(content_type=kind, codename="view_user"))
    cleo.groups.add(helpers)
    cleo.user_permissions.add(Permission.objects.get(content_type=kind, codename="change_user"))
    Authenticator.objects.create(
        user=cleo, type=Authenticator.Type.TOTP, data={"secret": seal(USE).encrypt(b"A").decode()}
    )
    LogEntry.objects.create(
        user=cleo, content_type=kind, object_id="1", object_repr="Ada", action_flag=CHANGE, change_message="[]"
    )


if __name__ == "__main__":
    main()
