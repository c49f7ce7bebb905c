"""Home: what is going on in all of one's notebooks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from notes.models import Activity, Membership, Note
from notes.views.answering import page
from notes.views.finding import person
from notes.views.reading import feed_page, with_authors

RECENT = 6


@page
def home(request: HttpRequest) -> HttpResponse:
    user = person(request)
    recent = Note.objects.visible_to(user).active().select_related("notebook").order_by("-changed_at", "-id")[:RECENT]
    context = {
        "now": timezone.now(),
        "recent": with_authors(recent),
        "had_some": Membership.objects.of(user).exists,  # asked only by a page without notebooks
        "topic": "home",
        **feed_page(Activity.objects.visible_to(user)),
    }
    return render(request, "notes/home.html", context)
