"""Pages that belong to no app: what is said when something goes wrong, and what robots and installers ask for."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

ROBOTS = "User-agent: *\nDisallow: /\nAllow: /accounts/login/\n"
THEMES = ("paper", "ink")


def error_page(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    """Stands alone: no context processor runs, for the database may be what failed."""
    theme = request.COOKIES.get("theme", "")
    context |= {
        "request_id": getattr(request, "id", ""),
        "theme": theme if theme in THEMES else "",
        "path": request.path,
    }
    return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, "403.html", 403, reason=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, "500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, "403_csrf.html", 403)


@require_safe
@cache_control(max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """Everything here is somebody's private notebook, but for the door."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """For those who ask without having read the page."""
    return redirect(static("icons/favicon.ico"))


@require_safe
@cache_control(max_age=86_400)
def manifest(request: HttpRequest) -> JsonResponse:
    icons = [
        {"src": static("icons/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("icons/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        {"src": static("icons/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    about = {
        "name": "Commonplace",
        "short_name": "Commonplace",
        "description": "Learning notes that a group writes together.",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#FBFAF6",
        "theme_color": "#F4F1E9",
        "icons": icons,
    }
    return JsonResponse(about, content_type="application/manifest+json")
