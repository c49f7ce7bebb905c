"""Views begin by finding what they are about. What one may not see does not exist: 404."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from core.accounts.models import User
from notes.access import Abilities, abilities
from notes.models import Note, Notebook
from notes.services.rights import Ability


def person(request: HttpRequest) -> User:
    """Who asks; only in views that let nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def find_notebook(request: HttpRequest, public_id: str) -> tuple[Notebook, Abilities]:
    notebook = Notebook.objects.select_related("parent").filter(public_id=public_id).first()
    return _seen(request, notebook)


def find_note(request: HttpRequest, public_id: str) -> tuple[Note, Abilities]:
    note = Note.objects.select_related("notebook", "notebook__parent", "created_by").filter(public_id=public_id).first()
    return _seen(request, note)


def _seen(request: HttpRequest, thing: Any) -> tuple[Any, Abilities]:
    able = abilities(request.user, thing) if thing else None
    if able is None or not able.read:
        raise Http404
    return thing, able


def must(able: Abilities, ability: Ability) -> None:
    """For pages that only lead to a deed; the deed's service asks again. Raises PermissionDenied: 403."""
    if not getattr(able, ability):
        raise PermissionDenied("Your role does not allow this.")
