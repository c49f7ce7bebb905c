"""What every service asks first."""

from typing import Literal

from core.accounts.models import User
from core.lib.errors import NotAllowed, NotFound
from notes.access import Abilities, abilities
from notes.models import Note, Notebook

type Ability = Literal["read", "comment", "write", "organise", "delete", "share"]


def require(actor: User, thing: Note | Notebook, ability: Ability) -> Abilities:
    """Raises NotFound for what the actor may not see and NotAllowed for what they may see but not do this with.

    `thing` was read under the lock of its tree (services.trees), so that the answer holds until the commit.
    """
    able = abilities(actor, thing)
    if not able.read:
        raise NotFound
    if not getattr(able, ability):
        deleted = thing.deleted_at or (isinstance(thing, Note) and thing.notebook.deleted_at)
        raise NotAllowed("This is deleted. Bring it back first." if deleted else "")
    return able
