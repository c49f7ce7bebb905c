"""A note: its page, the plain page for reading, and how it begins and is renamed. Deeds are in note_deeds."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.lib.errors import Invalid
from notes.access import Abilities
from notes.forms import NewNoteForm, TitleForm
from notes.markdown import render_safely
from notes.models import Activity, Note
from notes.packing import DamagedSegmentError
from notes.services import notes
from notes.services.contents import text_of
from notes.views.answering import is_htmx, page, say, whole_or_part
from notes.views.finding import find_note, find_notebook, must, person
from notes.views.places import writable
from notes.views.reading import crumbs, feed_page, with_authors

logger = logging.getLogger(__name__)

VIEWS = ("write", "both", "read")


@require_safe
@page
def show(request: HttpRequest, note_id: str) -> HttpResponse:
    note, able = find_note(request, note_id)
    user = person(request)
    if note.deleted_at or note.notebook.deleted_at:
        around = crumbs(user, note.notebook, itself=True)
        return render(request, "notes/notes/deleted.html", {"note": note, "crumbs": around})
    remembered = request.COOKIES.get("view", "")
    try:
        text = text_of(note)
    except DamagedSegmentError as damage:
        return _damaged(request, note, damage)
    context = {
        **_context(request, note, able),
        "text": text,
        "rendered": render_safely(text),
        "view": (remembered if remembered in VIEWS else "both") if able.write else "read",
        "topic": f"note:{note.public_id}",
        **feed_page(Activity.objects.visible_to(user).filter(note=note)),
    }
    return render(request, "notes/notes/show.html", context)


@require_safe
@page
def read(request: HttpRequest, note_id: str) -> HttpResponse:
    """The set page and nothing else: for reading in peace, for printing; as a fragment for htmx."""
    note, able = find_note(request, note_id)
    try:
        text = text_of(note)
    except DamagedSegmentError as damage:
        return _damaged(request, note, damage)
    context = {**_context(request, note, able), "rendered": render_safely(text)}
    return whole_or_part(request, "notes/notes/read.html", "set", context)


def _damaged(request: HttpRequest, note: Note, damage: DamagedSegmentError) -> HttpResponse:
    """An editor around an empty text would look as if the note were empty."""
    logger.error("note %d cannot be read: %s", note.pk, damage)
    around = crumbs(person(request), note.notebook, itself=True)
    return render(request, "notes/notes/damaged.html", {"note": note, "crumbs": around}, status=503)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, notebook_id: str = "") -> HttpResponse:
    """A form of a title and a place. From a notebook's page the place is given, and a title alone is enough."""
    form = NewNoteForm(_with_place(request, notebook_id) if request.method == "POST" else None)
    if notebook_id:
        must(find_notebook(request, notebook_id)[1], "organise")
        form.initial = {"notebook": notebook_id}
    form.fields["notebook"].offer(writable(request))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            note = notes.create(person(request), **form.cleaned_data)
        except Invalid as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(note)
    return render(request, "notes/notes/new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@page
def rename(request: HttpRequest, note_id: str) -> HttpResponse:
    note, able = find_note(request, note_id)
    must(able, "organise")
    form = TitleForm(request.POST)
    if form.is_valid():
        try:
            note = notes.rename(person(request), note, title=form.cleaned_data["title"])
        except Invalid as refusal:
            form.add_error("title", refusal.message)
    context = {"note": note, "able": able, "form": form}
    if is_htmx(request):
        part = "notes/notes/title.html#title"
        return render(request, part, {**context, "renamed": not form.errors}, status=422 if form.errors else 200)
    if form.errors:
        return render(request, "notes/notes/rename.html", context, status=422)
    say(request, "Renamed.")
    return redirect(note)


def _context(request: HttpRequest, note: Note, able: Abilities) -> dict[str, Any]:
    [(_, authors)] = with_authors([note])
    return {
        "note": note,
        "able": able,
        "authors": authors,
        "crumbs": crumbs(person(request), note.notebook, itself=True),
    }


def _with_place(request: HttpRequest, notebook_id: str) -> Any:
    sent = request.POST.copy()
    if notebook_id:
        sent.setdefault("notebook", notebook_id)
    return sent
