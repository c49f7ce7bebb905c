"""What was archived or deleted, with the way back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.accounts.models import User
from notes.models import Note, Notebook, Role
from notes.views.answering import page
from notes.views.finding import person

ROWS = 100  # of each kind


@dataclass(frozen=True, slots=True)
class Removed:
    """A line of the page: what, since when, and the URL of the POST that brings it back (empty: not yours to do)."""

    thing: Any
    kind: str
    moment: datetime
    undo: str


@require_safe
@page
def removed(request: HttpRequest) -> HttpResponse:
    """Only the outermost of what went together is listed; bringing it back brings the rest."""
    user = person(request)
    archived = [*_rows(_archived_notebooks(user), "archived_at"), *_rows(_archived_notes(user), "archived_at")]
    deleted = [*_rows(_deleted_notebooks(user), "deleted_at"), *_rows(_deleted_notes(user), "deleted_at")]
    context = {"archived": _latest_first(archived), "deleted": _latest_first(deleted)}
    return render(request, "notes/removed.html", context)


def _archived_notebooks(user: User) -> Any:
    alone = Q(parent=None) | Q(parent__archived_at=None)
    found = Notebook.objects.filter(alone, _in(user, Role.VIEWER, "pk"), deleted_at=None)
    return found.exclude(archived_at=None).annotate(may=_whether(_in(user, Role.EDITOR, "pk")))


def _archived_notes(user: User) -> Any:
    found = Note.objects.filter(_in(user, Role.VIEWER, "notebook"), notebook__archived_at=None).alive()
    return found.exclude(archived_at=None).annotate(may=_whether(_in(user, Role.EDITOR, "notebook")))


def _deleted_notebooks(user: User) -> Any:
    alone = Q(parent=None) | Q(parent__deleted_at=None)
    found = Notebook.objects.filter(alone, _in(user, Role.OWNER, "pk"))
    return found.exclude(deleted_at=None).annotate(may=Value(True))


def _deleted_notes(user: User) -> Any:
    found = Note.objects.filter(_in(user, Role.EDITOR, "notebook"), notebook__deleted_at=None)
    return found.exclude(deleted_at=None).annotate(may=Value(True))


def _in(user: User, least: Role, field: str) -> Q:
    return Q((f"{field}__in", Notebook.objects.of_member(user, least).order_by().values("pk")))


def _whether(condition: Q) -> Any:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _rows(things: Any, field: str) -> Iterable[Removed]:
    deed = {"archived_at": "unarchive", "deleted_at": "restore"}[field]
    if things.model is Note:
        things = things.select_related("notebook")
    for thing in things.order_by(f"-{field}")[:ROWS]:
        kind = "note" if isinstance(thing, Note) else "notebook"
        undo = reverse(f"{kind}-{deed}", args=[thing.public_id]) if thing.may else ""
        yield Removed(thing, kind, getattr(thing, field), undo)


def _latest_first(rows: list[Removed]) -> list[Removed]:
    return sorted(rows, key=lambda row: row.moment, reverse=True)
