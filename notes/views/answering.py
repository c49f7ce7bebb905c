"""How views answer: the guard around each, toasts, and whole pages or fragments."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core import views
from core.lib.errors import Invalid, NotAllowed, NotFound
from core.templatetags.ui import UNDO

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def page[**P](view: View[P]) -> View[P]:
    """Lets in who is signed in, and turns what services refuse into 404 and 403."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_the_door(request)
        try:
            response = view(request, *args, **kwargs)
            # Whoever goes back after a change must not see the page as it was.
            patch_cache_control(response, private=True, no_cache=True)
            return response
        # Answered here, not raised on: in DEBUG Django would show its own pages in place of ours.
        except (NotFound, Http404):
            return views.not_found(request)
        except (NotAllowed, PermissionDenied) as refusal:
            return views.forbidden(request, refusal)

    return guarded


def deed[**P](view: View[P]) -> View[P]:
    """A POST without a form of its own. When it makes no sense the reason is said where the person came from."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Invalid as refusal:
            messages.error(request, refusal.message)
            return redirect(came_from(request))

    return require_POST(page(guarded))


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def sent(request: HttpRequest) -> QueryDict | None:
    """What binds a form: also a POST that holds nothing."""
    return request.POST if request.method == "POST" else None


def came_from(request: HttpRequest) -> str:
    """The path of the page that the person was on, never another site's."""
    before = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(before, request.get_host(), require_https=request.is_secure()):
        return "/"
    path, query = urlsplit(before)[2:4]
    # Two slashes at the beginning would name another host.
    return f"/{path.lstrip('/')}{f'?{query}' if query else ''}"


def _to_the_door(request: HttpRequest) -> HttpResponse:
    # A sign-in page swapped into a small target would help nobody: app.js says it in words.
    if is_htmx(request):
        return HttpResponse(status=401)
    after = quote(request.get_full_path() if request.method in ("GET", "HEAD") else came_from(request))
    return redirect(f"{reverse(settings.LOGIN_URL)}?next={after}")


def say(request: HttpRequest, text: str, undo: str = "") -> None:
    """Shows a toast on the next page; `undo` is the URL of a POST that takes the deed back."""
    messages.success(request, text, extra_tags=f"{UNDO}{undo}" if undo else "")


def whole_or_part(
    request: HttpRequest, template: str, part: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page, or for htmx only its partial of that name."""
    return render(request, f"{template}#{part}" if is_htmx(request) else template, context, status=status)
