"""Notices every end of a session, by whatever door it comes: the page, the admin, the shell.

Connected in apps.ready. Changes that go past the models (QuerySet.update, another program) are not noticed; sockets ask
again from time to time on their own.
"""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save, pre_save

from core.accounts.events import SessionsEnded
from core.accounts.models import User
from core.lib.events import publish

# When one of these changes, no session of the user holds any more.
KEPT_SESSION = ("password", "is_active", "session_era")


def connect() -> None:
    post_delete.connect(session_deleted, sender=Session, dispatch_uid="session_deleted")
    pre_save.connect(remember_what_was, sender=User, dispatch_uid="remember_what_was")
    post_save.connect(user_saved, sender=User, dispatch_uid="user_saved")
    post_delete.connect(user_deleted, sender=User, dispatch_uid="user_deleted")


def session_deleted(instance: Session, **_: Any) -> None:
    """Not user_logged_out: Django sends that before the session is gone, so a socket that asked would find it."""
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id:
        publish(SessionsEnded(user_id=int(user_id)))


def remember_what_was(instance: User, update_fields: frozenset[str] | None, **_: Any) -> None:
    instance.ends_sessions = False
    if instance.pk and (update_fields is None or update_fields.intersection(KEPT_SESSION)):
        was = User.objects.filter(pk=instance.pk).values_list(*KEPT_SESSION).first()
        instance.ends_sessions = was not in (None, tuple(getattr(instance, field) for field in KEPT_SESSION))


def user_saved(instance: User, **_: Any) -> None:
    if instance.ends_sessions:
        publish(SessionsEnded(user_id=instance.pk))


def user_deleted(instance: User, **_: Any) -> None:
    publish(SessionsEnded(user_id=instance.pk))
