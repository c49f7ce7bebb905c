"""A notebook: its page, and how it begins and changes. Deeds without a form are in notebook_deeds."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.models import User
from core.lib.errors import Invalid
from notes.forms import NotebookForm
from notes.models import Activity, Note, Notebook
from notes.models.notebook import CLOTHS, MAX_DEPTH
from notes.services import notebooks
from notes.views.answering import page, say, sent
from notes.views.finding import find_notebook, must, person
from notes.views.people import in_words, roles_around
from notes.views.reading import crumbs, feed_page, with_authors


@require_safe
@page
def show(request: HttpRequest, notebook_id: str) -> HttpResponse:
    notebook, able = find_notebook(request, notebook_id)
    if notebook.deleted_at:
        return render(request, "notes/notebooks/deleted.html", {"notebook": notebook})
    user = person(request)
    notes = with_authors(_notes_of(notebook))
    context = {
        "notebook": notebook,
        "able": able,
        "crumbs": crumbs(user, notebook, itself=False),
        "notes": notes,
        "all_archived": not notes and Note.objects.filter(notebook=notebook, deleted_at=None).exists(),
        "parts": _parts_of(notebook),
        "may_nest": able.organise and not notebook.archived_at and notebook.depth < MAX_DEPTH,
        "may_add": able.organise and not notebook.archived_at,
        "changed": max((note.changed_at for note, _ in notes), default=None),
        "people": (people := roles_around(notebook)),
        "roles_in_words": in_words(people),
        "topic": f"notebook:{notebook.public_id}",
        **feed_page(Activity.objects.visible_to(user).within(notebook)),
    }
    return render(request, "notes/notebooks/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest) -> HttpResponse:
    """`?in=<id>` nests the new notebook."""
    around = request.GET.get("in") or request.POST.get("in")
    parent, crumbs_ = None, []
    if around:
        parent, able = find_notebook(request, around)
        must(able, "organise")
        crumbs_ = crumbs(person(request), parent, itself=True)
    form = NotebookForm(sent(request), initial={"cloth": _next_cloth(person(request), parent)})
    if request.method == "POST" and form.is_valid():
        try:
            notebook = notebooks.create(person(request), parent=parent, **form.cleaned_data)
        except Invalid as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(notebook)
    context = {"form": form, "parent": parent, "crumbs": crumbs_}
    return render(request, "notes/notebooks/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def settings(request: HttpRequest, notebook_id: str) -> HttpResponse:
    notebook, able = find_notebook(request, notebook_id)
    must(able, "organise")
    now = {"title": notebook.title, "description": notebook.description, "cloth": notebook.cloth}
    form = NotebookForm(sent(request), initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            notebooks.update(person(request), notebook, **form.cleaned_data)
        except Invalid as refusal:
            form.add_error(None, refusal.message)
        else:
            say(request, "Saved.")
            return redirect(notebook)
    around = crumbs(person(request), notebook, itself=True)
    context: dict[str, Any] = {"form": form, "notebook": notebook, "able": able, "crumbs": around}
    return render(request, "notes/notebooks/settings.html", context, status=422 if form.errors else 200)


def _notes_of(notebook: Notebook) -> Any:
    """What an archived notebook held when it was archived is shown with it."""
    notes = Note.objects.filter(notebook=notebook, deleted_at=None).order_by("position", "id")
    return notes if notebook.archived_at else notes.filter(archived_at=None)


def _parts_of(notebook: Notebook) -> Any:
    parts = Notebook.objects.filter(parent=notebook, deleted_at=None).order_by("title", "id")
    if not notebook.archived_at:
        parts = parts.filter(archived_at=None)
    alive = Q(notes__deleted_at=None) & (Q() if notebook.archived_at else Q(notes__archived_at=None))
    return parts.annotate(note_count=Count("notes", filter=alive & Q(notes__isnull=False)))


def _next_cloth(user: User, parent: Notebook | None) -> int:
    """The service would choose the same when none is given; here it is only what the form begins with."""
    if parent:
        return parent.cloth
    return int(Notebook.objects.filter(created_by=user, parent=None).count()) % CLOTHS + 1
