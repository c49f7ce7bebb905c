"""What one does with a note by one button: archive, delete, the way back, moving."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.lib.errors import Invalid
from notes.forms import MoveForm
from notes.models import Note
from notes.services import notes
from notes.views.answering import deed, page, say, sent, whole_or_part
from notes.views.finding import find_note, must, person
from notes.views.places import writable
from notes.views.reading import crumbs


@deed
def archive(request: HttpRequest, note_id: str) -> HttpResponse:
    note, _ = find_note(request, note_id)
    notes.archive(person(request), note)
    say(request, f"“{note}” is archived.", undo=_url("note-unarchive", note))
    return redirect(note.notebook)


@deed
def unarchive(request: HttpRequest, note_id: str) -> HttpResponse:
    note, _ = find_note(request, note_id)
    notes.unarchive(person(request), note)
    say(request, f"“{note}” is back.")
    return redirect(note)


@deed
def delete(request: HttpRequest, note_id: str) -> HttpResponse:
    note, _ = find_note(request, note_id)
    notes.delete(person(request), note)
    say(request, f"“{note}” is deleted.", undo=_url("note-restore", note))
    return redirect(note.notebook)


@deed
def restore(request: HttpRequest, note_id: str) -> HttpResponse:
    note, _ = find_note(request, note_id)
    notes.restore(person(request), note)
    say(request, f"“{note}” is back.")
    return redirect(note)


@deed
def reorder(request: HttpRequest, note_id: str) -> HttpResponse:
    """One place up or down in its notebook: `step` is -1 or 1."""
    note, able = find_note(request, note_id)
    must(able, "organise")
    shown = list(Note.objects.filter(notebook=note.notebook).active().order_by("position", "id"))
    step = {"up": -1, "down": 1}.get(request.POST.get("step", ""), 0)
    if step and note in shown:
        place = min(max(shown.index(note) + step, 0), len(shown) - 1)
        notes.move(person(request), note, notebook=note.notebook, position=place)
    return redirect(note.notebook)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def move(request: HttpRequest, note_id: str) -> HttpResponse:
    note, able = find_note(request, note_id)
    must(able, "organise")
    form = MoveForm(sent(request), initial={"notebook": note.notebook.public_id})
    form.fields["notebook"].required = True
    form.fields["notebook"].offer(writable(request))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            notes.move(person(request), note, notebook=form.cleaned_data["notebook"])
        except Invalid as refusal:
            form.add_error(None, refusal.message)
        else:
            say(request, f"“{note}” is in “{form.cleaned_data['notebook']}” now.")
            return redirect(note)
    context = {
        "form": form,
        "thing": note,
        "note": note,
        "crumbs": [*crumbs(person(request), note.notebook, itself=True), note],
    }
    return whole_or_part(request, "notes/move.html", "form", context, status=422 if form.errors else 200)


def _url(name: str, note: Note) -> str:
    return reverse(name, args=[note.public_id])
