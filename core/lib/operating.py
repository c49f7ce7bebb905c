"""What the admin pages of every app have in common."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.lib.errors import Refused

# Django's classes take type arguments in the stubs only.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


def never(*_: Any, **__: Any) -> bool:
    return False


class ReadOnlyAdmin(ModelAdmin):
    show_full_result_count = False  # counting a long log takes seconds
    has_add_permission = has_change_permission = has_delete_permission = never


class ServiceAdmin(ModelAdmin):
    """Its changes go through services. One that refuses says why, and then nothing of the form was saved."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def each[Thing](
        self, request: HttpRequest, chosen: Iterable[Thing], deed: Callable[[Any, Thing], object], done: str
    ) -> HttpResponse | None:
        """Does it to each of them, in a transaction of its own. `done` is a sentence with {} for how many."""
        count = 0
        for thing in chosen:
            try:
                count += deed(request.user, thing) is not False
            except Refused as refusal:
                self.message_user(request, f"{thing}: {refusal.message}", messages.ERROR)
        self.message_user(request, done.format(count), messages.SUCCESS if count else messages.WARNING)
        return None
