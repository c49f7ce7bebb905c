"""The one truth about rights. Everything else asks `abilities(user, thing)`."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from notes.models import Note, Notebook, Role

# By hand: every page and every socket asks it, and to make such a query costs Django five times what the database
# takes to answer it.
ROLE = """
SELECT max(role) FROM notes_membership
WHERE user_id = %s AND (SELECT is_active FROM accounts_user WHERE id = %s) AND notebook_id IN ({})
"""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What one user may do with one notebook or note. Without `read` the thing does not exist for them: 404."""

    role: Role | None = None
    read: bool = False
    comment: bool = False
    write: bool = False  # the text
    organise: bool = False  # create, rename, move, archive and take out of the archive
    delete: bool = False  # and restore
    share: bool = False  # members, roles, invitations


NOTHING = Abilities()


def abilities(user: Any, thing: Note | Notebook) -> Abilities:
    """Asks the database: the strongest membership in the thing's notebook and those around it.

    `thing` must have been read just now: its place, archive and deletion are taken from it.
    """
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    notebook = thing.notebook if isinstance(thing, Note) else thing
    return _of(_strongest_role(user.pk, notebook.ancestor_ids), thing, notebook)


def _strongest_role(user_id: int, notebook_ids: list[int]) -> int | None:
    """None also once the account is closed, however old the caller's `user` is."""
    with connection.cursor() as cursor:
        cursor.execute(ROLE.format(", ".join(["%s"] * len(notebook_ids))), [user_id, user_id, *notebook_ids])
        role: int | None = cursor.fetchone()[0]
    return role


def _of(role: int | None, thing: Note | Notebook, notebook: Notebook) -> Abilities:
    """Nested notebooks carry the marks of those around them (services.notebooks sees to that)."""
    if role is None:
        return NOTHING
    owner, editor = role == Role.OWNER, role >= Role.EDITOR
    may_delete = owner or (editor and isinstance(thing, Note) and not notebook.deleted_at)
    if thing.deleted_at or notebook.deleted_at:
        # Only who may restore it still sees it, and nothing else can be done with it.
        return Abilities(role=Role(role), read=True, delete=True) if may_delete else NOTHING
    archived = bool(thing.archived_at or notebook.archived_at)
    return Abilities(
        role=Role(role),
        read=True,
        comment=role >= Role.COMMENTER and not archived,
        write=editor and not archived,
        organise=editor,
        delete=may_delete,
        share=owner,
    )
