"""The admin's door, and its pages about this very server.

One comes in by the site's own sign-in, with its limits on tries. With ADMIN_MFA a password does not suffice: the
session must have shown a second factor. And whatever is changed within is written down as changed in the admin.
"""

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core.accounts import secondfactor
from core.admin import limits, rooms
from core.lib.doors import Door, through

SET_UP = "The admin asks for a second factor. Set one up, and it lets you in."


class OperatorsSite(admin.AdminSite):
    site_header = site_title = "Commonplace: the server"
    index_title = "What is here"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and (not settings.ADMIN_MFA or secondfactor.was_shown(request))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        @wraps(view)
        def by_the_admin(*args: Any, **kwargs: Any) -> Any:
            with through(Door.ADMIN):
                return view(*args, **kwargs)

        return super().admin_view(by_the_admin, cacheable)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Where Django would ask for a password itself, without a limit on tries and without a second factor."""
        wanted = _wanted(request)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted, settings.LOGIN_URL)
        if not super().has_permission(request):
            raise PermissionDenied("The admin is for those who run this server.")
        if self.has_permission(request):
            return HttpResponseRedirect(wanted)
        if secondfactor.has_one(request.user):
            return redirect_to_login(wanted, reverse("mfa_reauthenticate"))
        messages.info(request, SET_UP)
        return redirect("mfa_activate_totp")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The site's own page: it limits tries, and ends the other sessions."""
        return redirect("account_change_password")

    def get_urls(self) -> list[Any]:
        ours = [
            path("rooms/", self.admin_view(rooms.page(self)), name="rooms"),
            path("limits/", self.admin_view(limits.page(self)), name="limits"),
        ]
        return ours + super().get_urls()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """With our own pages in front, on the first page and in the column beside each."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None or not rooms.may_see(request):
            return apps
        pages = [("Open rooms", "rooms"), ("Limits", "limits")]
        models = [
            {"name": name, "object_name": key, "admin_url": reverse(f"admin:{key}"), "view_only": True, "perms": {}}
            for name, key in pages
        ]
        server = {
            "name": "This server",
            "app_label": "server",
            "app_url": reverse("admin:rooms"),
            "has_module_perms": True,
            "models": models,
        }
        return [server, *apps]


def _wanted(request: HttpRequest) -> str:
    """Where one was going: a page of ours and no other site's, and not back to this door."""
    url = request.GET.get(REDIRECT_FIELD_NAME, "")
    ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if ours and not url.startswith(reverse("admin:login")) else reverse("admin:index")
