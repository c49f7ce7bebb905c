"""What changes of rights here leave in the log of permission changes (core.accounts.audit).

Each in the transaction of the change, and before its line of the feed.
"""

from collections.abc import Mapping

from core.accounts import audit
from core.accounts.audit import Deed
from core.accounts.models import User
from notes.models import Note, Notebook, Role

__all__ = ["Deed", "member", "moved", "state"]


def member(
    actor: User, deed: Deed, notebook: Notebook, about: User | None = None, *, before: int | None = None,
    after: int | None = None, to: str = "",
) -> None:  # fmt: skip
    """`before` and `after` are roles in this very notebook; `to` names who has no account yet."""
    words = {"before": _word(before), "after": " ".join(filter(None, [_word(after), to]))}
    audit.record(actor, deed, about=about, **_place(notebook), **words)


def moved(actor: User, thing: Note | Notebook, before: Mapping[int, Role], after: Mapping[int, Role]) -> None:
    """A row for each person whose role it changed; nobody's is no change of permissions."""
    changed = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    people = User.objects.in_bulk(changed)
    rows = (
        audit.entry(
            actor,
            Deed.MOVED,
            about=people[key],
            before=_word(before.get(key)),
            after=_word(after.get(key)),
            **_place(thing),
        )
        for key in changed
    )
    audit.write(rows)


def state(actor: User, deed: Deed, thing: Note | Notebook) -> None:
    """Archived, deleted, or back: for everybody there."""
    audit.record(actor, deed, about=None, **_place(thing))


def _word(role: int | None) -> str:
    return "" if role is None else str(Role(role).label)


def _place(thing: Note | Notebook) -> dict[str, str]:
    notebook = thing.notebook if isinstance(thing, Note) else thing
    place = {"notebook_id": notebook.public_id, "notebook_title": notebook.title}
    return place | ({"note_id": thing.public_id, "note_title": thing.title} if isinstance(thing, Note) else {})
