"""The profile page. Signing in and out, passwords and addresses are django-allauth's."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.accounts.forms import ProfileForm
from core.accounts.models import User
from core.accounts.services import update_profile
from core.lib.errors import Invalid

YEAR_SECONDS = 31_536_000


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    now = {"display_name": user.display_name, "colour": user.colour, "theme": request.COOKIES.get("theme", "system")}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=now)
    if request.method == "POST" and form.is_valid():
        theme = form.cleaned_data.pop("theme")
        try:
            update_profile(user, **form.cleaned_data)
        except Invalid as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Saved.")
            return _remember_theme(redirect("profile"), theme)
    return render(request, "account/profile.html", {"form": form}, status=422 if form.errors else 200)


def _remember_theme(response: HttpResponse, theme: str) -> HttpResponse:
    """The same cookie that app.js writes, so that the next page comes in the right colours at once."""
    if theme == "system":
        response.delete_cookie("theme", samesite="Lax")
    else:
        response.set_cookie("theme", theme, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
