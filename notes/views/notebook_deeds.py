"""What one does with a notebook by one button: archive, delete, the way back, moving, leaving."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.lib.errors import Invalid
from notes.forms import MoveForm
from notes.models import Notebook
from notes.services import memberships, notebooks
from notes.views.answering import deed, page, say, sent
from notes.views.finding import find_notebook, must, person
from notes.views.places import writable
from notes.views.reading import crumbs

OUTSIDE = "Nowhere: beside the outermost notebooks"


@deed
def archive(request: HttpRequest, notebook_id: str) -> HttpResponse:
    notebook, _ = find_notebook(request, notebook_id)
    notebooks.archive(person(request), notebook)
    say(request, f"“{notebook}” is archived.", undo=_url("notebook-unarchive", notebook))
    return redirect(notebook)


@deed
def unarchive(request: HttpRequest, notebook_id: str) -> HttpResponse:
    notebook, _ = find_notebook(request, notebook_id)
    notebooks.unarchive(person(request), notebook)
    say(request, f"“{notebook}” is back.")
    return redirect(notebook)


@deed
def delete(request: HttpRequest, notebook_id: str) -> HttpResponse:
    notebook, _ = find_notebook(request, notebook_id)
    around = crumbs(person(request), notebook, itself=False)
    notebooks.delete(person(request), notebook)
    say(request, f"“{notebook}” is deleted, with all that was in it.", undo=_url("notebook-restore", notebook))
    return redirect(around[-1] if around else "home")


@deed
def restore(request: HttpRequest, notebook_id: str) -> HttpResponse:
    notebook, _ = find_notebook(request, notebook_id)
    notebooks.restore(person(request), notebook)
    say(request, f"“{notebook}” is back.")
    return redirect(notebook)


@deed
def leave(request: HttpRequest, notebook_id: str) -> HttpResponse:
    notebook, _ = find_notebook(request, notebook_id)
    memberships.leave(person(request), notebook)
    say(request, f"You have left “{notebook}”.")
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def move(request: HttpRequest, notebook_id: str) -> HttpResponse:
    notebook, able = find_notebook(request, notebook_id)
    must(able, "organise")
    form = MoveForm(sent(request), initial={"notebook": notebook.parent.public_id if notebook.parent else ""})
    # Not into itself, nor into what is in it.
    places = [(place, depth) for place, depth in writable(request) if not place.path.startswith(notebook.path)]
    form.fields["notebook"].offer(places, outside=OUTSIDE)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            notebooks.move(person(request), notebook, parent=form.cleaned_data["notebook"])
        except Invalid as refusal:
            form.add_error(None, refusal.message)
        else:
            say(request, f"“{notebook}” is moved.")
            return redirect(notebook)
    around = crumbs(person(request), notebook, itself=True)
    context = {"form": form, "thing": notebook, "notebook": notebook, "crumbs": around}
    return render(request, "notes/move.html", context, status=422 if form.errors else 200)


def _url(name: str, notebook: Notebook) -> str:
    return reverse(name, args=[notebook.public_id])
