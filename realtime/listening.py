"""What one feed socket listens to: the topics it asked for, and what they mean for its user now."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from core.accounts.models import User
from notes.models import Membership, Note, Notebook
from realtime import auth
from realtime.closing import Close, Closing

TOPICS_AT_MOST = 8
TOPIC = re.compile(r"home|(?P<kind>notebook|note|reading):(?P<id>[a-z0-9]{1,32})")


@dataclass(frozen=True, slots=True)
class Topics:
    """As the query string names them, with public ids."""

    home: bool = False
    notebooks: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    reading: frozenset[str] = frozenset()
    feed: str = "home"  # the first that has a feed


def parse(text: str) -> Topics:
    """Reads `home,notebook:<id>,note:<id>,reading:<id>`. Raises Closing."""
    names = text.split(",")
    found = [TOPIC.fullmatch(name) for name in names]
    if len(names) > TOPICS_AT_MOST or not all(found):
        raise Closing(Close.BAD_FRAME, f"topics are at most {TOPICS_AT_MOST} of home, notebook:, note:, reading:")
    ids: dict[str | None, set[str]] = {}
    for match in found:
        assert match is not None
        ids.setdefault(match["kind"], set()).add(match["id"])
    if len(ids.get("reading", ())) > 1:
        raise Closing(Close.BAD_FRAME, "a page shows one note")
    return Topics(
        home="home" in names,
        notebooks=frozenset(ids.get("notebook", ())),
        notes=frozenset(ids.get("note", ())),
        reading=frozenset(ids.get("reading", ())),
        feed=next((name for name in names if not name.startswith("reading:")), "home"),
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """What the user may hear, with primary keys. Replaced as a whole when rights change."""

    user: User
    member_of: frozenset[int]  # notebooks with a membership; it holds for all that is nested in them
    home: bool
    notebooks: frozenset[int]
    notes: frozenset[int]
    reading: frozenset[int]

    def sees(self, path: Collection[int]) -> bool:
        """`path` holds a notebook's key and those of the notebooks around it."""
        return not self.member_of.isdisjoint(path)

    def asked_for(self, path: Collection[int], note_id: int | None) -> bool:
        return self.home or note_id in self.notes or not self.notebooks.isdisjoint(path)

    def concerns(self, note_ids: Collection[int], notebook_ids: Collection[int]) -> bool:
        """Whether a change of rights there may change what this user hears."""
        notes = self.notes | self.reading
        return not notes.isdisjoint(note_ids) or not (self.notebooks | self.member_of).isdisjoint(notebook_ids)


def scope_of(session_key: str, topics: Topics) -> Scope:
    """Asks the database. Raises Closing when the session is over, or one of the topics is not for its user."""
    user = auth.session_user(session_key)
    if user is None:
        raise Closing(Close.SIGNED_OUT, "sign in first")
    memberships = Membership.objects.of(user).values_list("notebook_id", flat=True)
    return Scope(
        user=user,
        member_of=frozenset(memberships),
        home=topics.home,
        notebooks=_keys(Notebook, user, topics.notebooks),
        notes=_keys(Note, user, topics.notes),
        reading=_keys(Note, user, topics.reading),
    )


def _keys(model: type[Note] | type[Notebook], user: User, public_ids: frozenset[str]) -> frozenset[int]:
    if not public_ids:
        return frozenset()
    keys = frozenset(model.objects.visible_to(user).filter(public_id__in=public_ids).values_list("pk", flat=True))
    if len(keys) < len(public_ids):
        raise Closing(Close.NOT_FOUND, "there is no such note or notebook")
    return keys


def members_of(notebook_ids: Collection[int]) -> set[int]:
    """Users with a membership of their own in one of these."""
    return set(Membership.objects.filter(notebook__in=notebook_ids).values_list("user_id", flat=True))
