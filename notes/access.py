"""The one truth about rights. Everything else asks `abilities(user, thing)`."""

from dataclasses import dataclass
from typing import Any

from notes.models import Membership, Note, Notebook, Role


@dataclass(frozen=True, slots=True)
class Abilities:
    """What one user may do with one notebook or note. Without `read` the thing does not exist for them: 404."""

    role: Role | None = None
    read: bool = False
    comment: bool = False
    write: bool = False  # the text
    organise: bool = False  # create, rename, move, archive
    delete: bool = False
    share: bool = False  # members, roles, invitations


NOTHING = Abilities()


def abilities(user: Any, thing: Note | Notebook) -> Abilities:
    """Asks the database: the strongest membership in the thing's notebook and those around it."""
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    notebook = thing.notebook if isinstance(thing, Note) else thing
    roles = Membership.objects.filter(user=user, notebook__in=notebook.ancestor_ids).values_list("role", flat=True)
    return _of(max(roles, default=None), thing, notebook)


def _of(role: int | None, thing: Note | Notebook, notebook: Notebook) -> Abilities:
    if role is None:
        return NOTHING
    owner, editor = role == Role.OWNER, role >= Role.EDITOR
    may_delete = owner or (editor and isinstance(thing, Note) and not notebook.deleted_at)
    if (thing.deleted_at or notebook.deleted_at) and not may_delete:
        return NOTHING
    # What is archived or deleted is kept as it is; its owner may still bring it back.
    kept = bool(thing.archived_at or notebook.archived_at or thing.deleted_at or notebook.deleted_at)
    return Abilities(
        role=Role(role),
        read=True,
        comment=role >= Role.COMMENTER and not kept,
        write=editor and not kept,
        organise=editor,
        delete=may_delete,
        share=owner,
    )
