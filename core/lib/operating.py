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


# What Django's filters and date hierarchies make of a name. None of them reads a text letter by letter.
ASKED = {"exact", "in", "isnull", "isempty", "gte", "gt", "lte", "lt", "year", "month", "day", "id__exact", "pk__exact"}


class OurAdmin(ModelAdmin):
    """What every admin page here is made of."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whoever sees a list can put any question about its rows into the address. Only those are answered that the
        filters of the page ask, and which row of another table it is: else one could read, letter by letter, what no
        page shows, as a note's text or somebody's password.
        """
        path, asked = lookup, ""
        askable = self._askable(request)
        while path not in askable:
            path, _, last = path.rpartition("__")
            if not path:
                return False
            asked = f"{last}__{asked}" if asked else last
        return (not asked or asked in ASKED) and super().lookup_allowed(lookup, value, request)

    def _askable(self, request: HttpRequest) -> set[str]:
        keys = [field for field in self.opts.concrete_fields if field.primary_key or field.is_relation]
        names = {"pk", *(field.name for field in keys), *(field.attname for field in keys)}
        if self.date_hierarchy:
            names.add(self.date_hierarchy)
        for each in self.get_list_filter(request):
            if isinstance(each, list | tuple):
                names.add(str(each[0]))
            elif isinstance(each, type):
                names.add(str(getattr(each, "parameter_name", "")))
            else:
                names.add(str(each))
        return names


class ReadOnlyAdmin(OurAdmin):
    show_full_result_count = False  # counting a long log takes seconds
    has_add_permission = has_change_permission = has_delete_permission = never


class ServiceAdmin(OurAdmin):
    """Its changes go through services. One that refuses says why, and then nothing of the form was saved."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Django's own log names what was changed of the thing itself. Of the rows below it (who is in a notebook) it
        would quote people, and keep that for ever; those are in the log of permission changes.
        """
        return super().construct_change_message(request, form, [], add)

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
