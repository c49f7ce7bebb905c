"""The command palette: what one may go to. Also a plain page, for those without JavaScript."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from notes.models import Note, Notebook
from notes.views.answering import page, whole_or_part
from notes.views.finding import person

ROWS = 8
QUERY_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Command:
    words: str
    icon: str
    url: str


@require_safe
@page
def palette(request: HttpRequest) -> HttpResponse:
    """Titles that hold every word of `q`, in any order; with no words the latest notes."""
    user = person(request)
    query = request.GET.get("q", "")[:QUERY_LENGTH].strip()
    notes = Note.objects.visible_to(user).active().select_related("notebook").order_by("-changed_at", "-id")
    notebooks = Notebook.objects.visible_to(user).active().select_related("parent").order_by("title", "id")
    context = {
        "query": query,
        "notes": _matching(notes, query)[:ROWS],
        "notebooks": _matching(notebooks, query)[:ROWS] if query else [],
        "commands": [command for command in _commands() if query.lower() in command.words.lower()],
    }
    return whole_or_part(request, "notes/palette.html", "results", context)


def _matching[T: (Note, Notebook)](rows: QuerySet[T], query: str) -> QuerySet[T]:
    for word in query.split():
        rows = rows.filter(title__icontains=word)
    return rows


def _commands() -> list[Command]:
    return [
        Command("Home", "house", reverse("home")),
        Command("New note", "pen-line", reverse("note-new")),
        Command("New notebook", "book-plus", reverse("notebook-new")),
        Command("Archived and deleted", "archive", reverse("removed")),
        Command("Profile and theme", "circle-user", reverse("profile")),
    ]
