"""The page behind an invitation's link."""

import contextlib
from typing import Any
from urllib.parse import urlsplit

from allauth.account.signals import user_signed_up
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import views
from core.accounts.models import User
from core.lib.errors import NotFound, Refused
from notes.access import abilities
from notes.errors import InvitationError
from notes.services import invitations
from notes.views.answering import page, say
from notes.views.finding import person


def connect() -> None:
    """Called once, when Django is ready."""
    user_signed_up.connect(join_with_a_new_account, dispatch_uid="join_with_a_new_account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the link may see what it leads to; joining needs an account."""
    try:
        found = invitations.find(token)
    except NotFound:
        return views.not_found(request)
    except InvitationError as refusal:
        # Who is a member already (a second click, say) is shown in.
        if abilities(request.user, refusal.invitation.notebook).read:
            return redirect(refusal.invitation.notebook)
        return render(request, "notes/invitation_over.html", {"reason": refusal.message}, status=410)
    if request.method == "POST":
        return accept(request, token)
    return render(request, "notes/invitation.html", {"invitation": found})


@page
def accept(request: HttpRequest, token: str) -> HttpResponse:
    membership = invitations.accept(person(request), token=token)
    say(request, f"Welcome to “{membership.notebook}”.")
    return redirect(membership.notebook)


def join_with_a_new_account(request: HttpRequest, user: User, **_: Any) -> None:
    """Who comes by an invitation has pressed "Make an account and join": they are not asked again."""
    # Until the address is confirmed nobody is signed in, and an account that never will be must not use up the link.
    if settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory":
        return
    try:
        place = resolve(urlsplit(request.POST.get("next", "")).path)
    except Resolver404:
        return
    # Closed meanwhile: the page that they come to now says why.
    with contextlib.suppress(Refused):
        if place.url_name == "invitation":
            membership = invitations.accept(user, token=place.kwargs["token"])
            say(request, f"Welcome to “{membership.notebook}”.")
