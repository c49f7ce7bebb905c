"""Tells all that a database holds as one JSON object, by Django's models and the services: not as a backup does it."""

import django

django.setup()

import json  # noqa: E402  # Django comes first
import sys  # noqa: E402
from typing import Any  # noqa: E402

from django.apps import apps  # noqa: E402
from django.db.models import Model  # noqa: E402

from core.accounts.models import User  # noqa: E402
from notes import access  # noqa: E402
from notes.models import Note, Notebook  # noqa: E402
from notes.packing import DamagedSegmentError  # noqa: E402
from notes.services import contents, history  # noqa: E402

LEFT_OUT = {
    *("sessions.Session", "account.EmailConfirmation", "contenttypes.ContentType", "auth.Permission"),
    *("notes.Export", "background.WaitingMail", "background.FailedTask"),
}


def main() -> None:
    told = {
        "rows": {model._meta.label: rows_of(model) for model in kept()},
        "permissions": {user.email: sorted(user.get_all_permissions()) for user in User.objects.all()},
        "texts": {note.public_id: text_of(note) for note in Note.objects.all()},
        "history": {note.public_id: history_of(note) for note in Note.objects.all()},
        "roles": {
            f"{user.email} in {notebook.public_id}": str(access.abilities(user, notebook))
            for user in User.objects.all()
            for notebook in Notebook.objects.all()
        },
    }
    json.dump(told, sys.stdout, default=plain)


def kept() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.label not in LEFT_OUT]


def rows_of(model: type[Model]) -> list[dict[str, Any]]:
    """Keys of permissions and content types are each installation's own; `permissions` tells them by name."""
    own = {"permission_id", "content_type_id"}
    rows = model._base_manager.order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in own} for row in rows]


def text_of(note: Note) -> str:
    try:
        return contents.text_of(note)
    except DamagedSegmentError:
        return "damaged"


def history_of(note: Note) -> Any:
    try:
        return list(history.updates(note.pk, epoch=note.epoch))
    except DamagedSegmentError:
        return "damaged"


def plain(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


if __name__ == "__main__":
    main()
