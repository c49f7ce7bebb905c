"""The lines of a feed, a page at a time: what the Earlier button asks for, and a page of its own."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notes.models import Activity
from notes.views.answering import is_htmx, page
from notes.views.finding import find_note, find_notebook, person
from notes.views.reading import crumbs, feed_page


@require_safe
@page
def activity(request: HttpRequest) -> HttpResponse:
    """`topic` is one of the feed socket's; `before` is the cursor of the oldest line shown."""
    topic, before = request.GET.get("topic", "home"), request.GET.get("before")
    if before is not None and not (before.isdecimal() and len(before) <= 18):
        raise Http404
    rows, around = _about(request, topic)
    context = {
        "topic": topic,
        "older": before is not None,
        "crumbs": around,
        **feed_page(rows, int(before) if before else None),
    }
    return render(request, "notes/components/feed.html#rows" if is_htmx(request) else "notes/activity.html", context)


def _about(request: HttpRequest, topic: str) -> tuple[Any, Any]:
    """The lines of a topic, and the notebooks around what it is about."""
    user = person(request)
    rows = Activity.objects.visible_to(user)
    kind, _, public_id = topic.partition(":")
    if kind == "notebook":
        notebook, _ = find_notebook(request, public_id)
        return rows.within(notebook), crumbs(user, notebook, itself=True)
    if kind == "note":
        note, _ = find_note(request, public_id)
        return rows.filter(note=note), crumbs(user, note.notebook, itself=True)
    if topic != "home":
        raise Http404
    return rows, []
