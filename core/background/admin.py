"""Background work in Django's admin: what failed for good, and how it is asked for again."""

import json
from typing import Any

from celery import current_app
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core.background.models import FailedTask, WaitingMail
from core.lib import tasks
from core.lib.operating import OurAdmin


class Shown(OurAdmin):
    """Rows that come and go by themselves: nobody writes them by hand."""

    def has_add_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any, **__: Any) -> bool:
        return False


@admin.register(FailedTask)
class FailedTaskAdmin(Shown):
    list_display = ("task", "arguments", "error", "tries", "failed_at", "again_at")
    list_filter = ("task", "failed_at")
    search_fields = ("task", "error", "task_id")
    date_hierarchy = "failed_at"
    actions = ("ask_again",)

    @admin.action(description="Ask for it once more", permissions=["delete"])
    def ask_again(self, request: HttpRequest, chosen: QuerySet[FailedTask]) -> None:
        asked = 0
        for failed in chosen:
            task = current_app.tasks.get(failed.task)
            if task is None:
                self.message_user(request, f"There is no task {failed.task} any more.", messages.ERROR)
                continue
            tasks.soon(task, *json.loads(failed.arguments))
            asked += 1
            failed.again_at = timezone.now()
            failed.save(update_fields=["again_at"])
        if asked:
            self.message_user(request, f"Asked for {asked} once more.")


@admin.register(WaitingMail)
class WaitingMailAdmin(Shown):
    """What a message says stays sealed: it may hold a link that opens somebody's account."""

    list_display = ("to", "created_at", "due_at", "tries", "error", "given_up_at")
    list_filter = ("given_up_at", "created_at")
    search_fields = ("to", "error")
    exclude = ("sealed",)
    actions = ("send_now",)

    @admin.action(description="Try to send it now", permissions=["delete"])
    def send_now(self, request: HttpRequest, chosen: QuerySet[WaitingMail]) -> None:
        count = chosen.update(due_at=timezone.now(), given_up_at=None, tries=0)
        self.message_user(request, f"{count} will be tried within a minute.")
