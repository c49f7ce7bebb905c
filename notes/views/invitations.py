"""The page behind an invitation's link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import views
from core.lib.errors import NotFound
from notes.access import abilities
from notes.errors import InvitationError
from notes.services import invitations
from notes.views.answering import page, say
from notes.views.finding import person


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
