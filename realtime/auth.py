"""Who a socket speaks for, and what they may do. Asked at the handshake and again whenever it may have changed."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from core.accounts.models import User
from core.lib import clock
from core.lib.prepared import Prepared
from notes import access
from notes.access import NOTHING, Abilities
from notes.models import Note, Role
from realtime.presence import Person

SESSION = Prepared(lambda key: Session.objects.filter(session_key=key), "")
NOTES = {
    str: Prepared(lambda key: Note.objects.select_related("notebook").filter(public_id=key), ""),
    int: Prepared(lambda key: Note.objects.select_related("notebook").filter(pk=key), 0),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """`user` is None when the session is over; `note` is None when it does not exist for this user."""

    user: User | None
    note: Note | None
    abilities: Abilities

    @property
    def role(self) -> str:
        """The role as clients are told: nobody writes in an archived note, whatever they may do elsewhere."""
        role = self.abilities.role
        if role is None or (role >= Role.EDITOR and not self.abilities.write):
            return str(Role.VIEWER.label)
        return str(role.label)


class SeenSession(dict[str, Any]):
    """A session that is only looked at. Of one that an earlier SECRET_KEY signed Django would make another and delete
    this: a socket cannot give its browser the new cookie, so its owner would be signed out."""

    def cycle_key(self) -> None:
        pass

    def flush(self) -> None:
        pass


def session_key(scope: dict[str, Any]) -> str:
    """From the cookie of the handshake; what it is worth, `session_user` tells."""
    return str(scope.get("cookies", {}).get(settings.SESSION_COOKIE_NAME, ""))


def session_user(session_key: str | None) -> User | None:
    """The active user of a session, if it still holds: it ends with logout and with a new password."""
    if not session_key:
        return None
    session = SESSION.find(session_key)
    if session is None or session.expire_date <= clock.now():
        return None
    request: Any = HttpRequest()
    request.session = SeenSession(session.get_decoded())
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None


def standing(session_key: str | None, note: str | int) -> Standing:
    """What the session's user may do with the note, by public id (str) or primary key (int)."""
    user = session_user(session_key)
    if user is None:
        return Standing(None, None, NOTHING)
    found = NOTES[type(note)].find(note)
    abilities = access.abilities(user, found) if found else NOTHING
    return Standing(user, found if abilities.read else None, abilities)


def person_of(user: User) -> Person:
    return Person(user.pk, user.public_id, str(user), user.colour)
