"""Taking a notebook away as a file. It is made in the background (notes/services/exports.py)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from core.lib.errors import NotFound
from notes.models import Export
from notes.services import exports
from notes.services.filenames import Names
from notes.views.answering import deed, page, whole_or_part
from notes.views.finding import find_notebook, person
from notes.views.reading import crumbs


@deed
def begin(request: HttpRequest, notebook_id: str) -> HttpResponse:
    notebook, _ = find_notebook(request, notebook_id)
    return redirect(exports.begin(person(request), notebook))


@require_safe
@page
def show(request: HttpRequest, export_id: str) -> HttpResponse:
    export = exports.find(person(request), export_id)
    context = {
        "export": export,
        "crumbs": crumbs(person(request), export.notebook, itself=True),
        "topic": f"notebook:{export.notebook.public_id}",
    }
    return whole_or_part(request, "notes/exports/show.html", "progress", context)


@require_safe
@page
def file(request: HttpRequest, export_id: str) -> HttpResponse:
    export = exports.find(person(request), export_id)
    if export.state != Export.State.READY:
        raise NotFound
    name = Names().one(export.notebook.title, ".zip")
    answer = HttpResponse(exports.file_of(export), content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    add_never_cache_headers(answer)
    return answer
