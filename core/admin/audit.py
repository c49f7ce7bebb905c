"""The log of permission changes: shown, searched, and never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.accounts.models import AuditEntry
from core.lib.operating import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    date_hierarchy = "at"
    list_display = ("at", "who", "deed", "about_name", "notebook_title", "note_title", "before", "after", "door")
    list_filter = ("deed", "door", "at")
    search_fields = (
        *("actor_name", "about_name", "notebook_title", "notebook_id", "note_title", "note_id"),
        *("request_id", "before", "after"),
    )
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("actor", "about")

    @admin.display(ordering="actor_name")
    def who(self, entry: AuditEntry) -> str:
        return entry.actor_name or "the server"
