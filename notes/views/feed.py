"""Older lines of a feed, a page at a time."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notes.models import Activity
from notes.views.answering import page
from notes.views.finding import find_note, find_notebook, person
from notes.views.reading import feed_page


@require_safe
@page
def earlier(request: HttpRequest) -> HttpResponse:
    """`topic` is one of the feed socket's; `before` is the cursor of the oldest line shown."""
    kind, _, public_id = request.GET.get("topic", "home").partition(":")
    before = request.GET.get("before", "")
    if not before.isdecimal() or len(before) > 18:
        raise Http404
    rows = Activity.objects.visible_to(person(request))
    if kind == "notebook":
        rows = rows.within(find_notebook(request, public_id)[0])
    elif kind == "note":
        rows = rows.filter(note=find_note(request, public_id)[0])
    elif kind != "home":
        raise Http404
    context = {"topic": request.GET.get("topic", "home"), **feed_page(rows, int(before))}
    return render(request, "notes/components/feed.html#rows", context)
