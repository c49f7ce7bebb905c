"""Every URL of the house."""

from django.contrib import admin
from django.urls import include, path

from core import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("accounts/", include("core.accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("notes.urls")),
]
