"""What is somebody's own: to take along, and to take away. Name, password and addresses are in core.accounts."""

import tempfile
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.lib.errors import Invalid
from notes.forms import DepartureForm
from notes.models import Membership, Note
from notes.services import departures, takeout
from notes.views.answering import deed, page, sent
from notes.views.finding import person


@never_cache
@deed
def take_along(request: HttpRequest) -> HttpResponse:
    """A zip of everything that is the person's."""
    user = person(request)
    if not ratelimit.consume(request, action="take_along", user=user):
        raise Invalid("Your data was put together a moment ago. Try again in half a minute.")
    with tempfile.TemporaryFile() as file:
        takeout.write(user, file)
        file.seek(0)
        response = HttpResponse(file.read(), content_type="application/zip")
    name = f"commonplace-{timezone.now():%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@page
def close(request: HttpRequest) -> HttpResponse:
    """Says what will happen, asks what is to be decided, and for the password; then it happens."""
    user = person(request)
    gone = user.public_id
    holdings = departures.holdings(user)
    form = DepartureForm(user, holdings, sent(request))
    if request.method == "POST":
        # As many tries as where the password is asked for again elsewhere.
        if not ratelimit.consume(request, action="reauthenticate", user=user):
            form.add_error(None, "Too many tries. Wait a few minutes.")
        elif form.is_valid():
            try:
                departures.depart(user, heirs=form.heirs)
            except Invalid as refusal:
                form.add_error(None, refusal.message)
            else:
                logout(request)
                # Not by another address: there is nobody left who could ask for it.
                return render(request, "account/closed.html", {"gone": gone})
    context = {"form": form, "shared": _shared(user, holdings), "notes": Note.objects.filter(created_by=user).count()}
    return render(request, "account/close.html", context, status=422 if form.errors else 200)


def _shared(user: Any, holdings: list[departures.Holding]) -> int:
    """How many notebooks go on without them."""
    alone = [holding.notebook.pk for holding in holdings]
    return Membership.objects.filter(user=user, notebook__deleted_at=None).exclude(notebook__in=alone).count()
