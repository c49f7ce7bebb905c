"""The domain in Django's admin: to find things and to mend who owns a notebook. Everything else is done in the app.

What goes past the services would leave no line in the feed and tell no open page, so all else is shown, not changed.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils import timezone

from notes.models import (
    Activity,
    Invitation,
    LoadMark,
    Membership,
    Note,
    Notebook,
    NoteSegment,
    NoteSnapshot,
    NoteUpdate,
    Role,
)
from notes.services import trees

# Django's classes take type arguments in the stubs only.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Membership, Notebook]
    FormSet = forms.BaseInlineFormSet[Membership, Notebook, forms.ModelForm[Membership]]
else:
    ModelAdmin, Inline, FormSet = admin.ModelAdmin, admin.TabularInline, forms.BaseInlineFormSet


def never(*_: Any, **__: Any) -> bool:
    return False


class ReadOnlyAdmin(ModelAdmin):
    show_full_result_count = False  # counting a long log takes seconds
    has_add_permission = has_change_permission = has_delete_permission = never


class MembersFormSet(FormSet):
    def clean(self) -> None:
        super().clean()
        if self.instance.parent_id or any(self._stays_owner(form) for form in self.forms):
            return
        raise ValidationError("An outermost notebook needs an owner who can sign in.")

    def _stays_owner(self, form: Any) -> bool:
        said = getattr(form, "cleaned_data", {})
        user = said.get("user")
        return said.get("role") == Role.OWNER and not said.get("DELETE") and user is not None and user.is_active


class MembersInline(Inline):
    model = Membership
    formset = MembersFormSet
    autocomplete_fields = ("user",)
    extra = 0


class OwnerFilter(admin.SimpleListFilter):
    """Finds what was left behind when the account of its last owner was closed."""

    title = "owner"
    parameter_name = "owner"

    def lookups(self, *_: Any) -> list[tuple[str, str]]:
        return [("none", "Nobody who can sign in")]

    def queryset(self, _request: HttpRequest, notebooks: QuerySet[Notebook]) -> QuerySet[Notebook]:
        if self.value() != "none":
            return notebooks
        owners = Membership.objects.filter(notebook=OuterRef("pk")).owners()
        return notebooks.filter(~Exists(owners), parent=None)


@admin.register(Notebook)
class NotebookAdmin(ModelAdmin):
    has_add_permission = has_delete_permission = never
    inlines = (MembersInline,)
    list_display = ("title", "public_id", "parent", "created_by", "members", "note_total", "archived_at", "deleted_at")
    list_select_related = ("parent", "created_by")
    list_filter = (
        OwnerFilter,
        ("deleted_at", admin.EmptyFieldListFilter),
        ("archived_at", admin.EmptyFieldListFilter),
        ("parent", admin.EmptyFieldListFilter),
        "created_at",
    )
    search_fields = ("title", "public_id", "memberships__user__email")
    readonly_fields = (
        *("title", "description", "cloth", "parent", "path", "public_id"),
        *("created_by", "created_at", "archived_at", "deleted_at"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        counts = {"member_count": Count("memberships", distinct=True), "note_count": Count("notes", distinct=True)}
        return super().get_queryset(request).annotate(**counts)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        trees.lock(form.instance)
        super().save_related(request, form, formsets, change)
        trees.access_changed(form.instance)

    @admin.display(ordering="member_count")
    def members(self, notebook: Notebook) -> int:
        return int(getattr(notebook, "member_count", 0))

    @admin.display(description="notes", ordering="note_count")
    def note_total(self, notebook: Notebook) -> int:
        return int(getattr(notebook, "note_count", 0))


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    list_display = ("title", "public_id", "notebook", "created_by", "words", "seq", "changed_at", "deleted_at")
    list_select_related = ("notebook", "created_by")
    list_filter = (
        ("deleted_at", admin.EmptyFieldListFilter),
        ("archived_at", admin.EmptyFieldListFilter),
        "changed_at",
    )
    search_fields = ("title", "public_id", "notebook__title", "notebook__public_id")
    ordering = ("-changed_at",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("notebook", "role", "email", "created_by", "expires_at", "accepted_by", "revoked_at")
    list_select_related = ("notebook", "created_by", "accepted_by")
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter), "expires_at")
    search_fields = ("notebook__title", "notebook__public_id", "email", "created_by__email", "accepted_by__email")
    exclude = ("token_hash",)
    ordering = ("-created_at",)
    actions = ("withdraw",)

    @admin.action(description="Withdraw the chosen invitations", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        count = Invitation.objects.pending().filter(pk__in=chosen).update(revoked_at=timezone.now())
        self.message_user(request, f"{count} withdrawn.")

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("notes.change_invitation"))


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = ("cursor", "actor", "verb", "note", "notebook", "created_at", "changed_at")
    list_select_related = ("actor", "note", "notebook")
    list_filter = ("verb", "created_at")
    search_fields = ("actor__email", "note__title", "note__public_id", "notebook__title", "notebook__public_id")
    ordering = ("-cursor",)


@admin.register(NoteUpdate)
class NoteUpdateAdmin(ReadOnlyAdmin):
    list_display = ("note", "seq", "epoch", "author", "origin", "size", "created_at", "quarantined")
    list_select_related = ("note", "author")
    list_filter = ("quarantined", "origin", "created_at")
    search_fields = ("note__title", "note__public_id", "author__email")
    fields = ("note", "seq", "epoch", "author", "origin", "created_at", "size", "quarantined")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("data").annotate(byte_count=Length("data"))

    @admin.display(description="bytes", ordering="byte_count")
    def size(self, update: NoteUpdate) -> int:
        return int(getattr(update, "byte_count", 0))


@admin.register(NoteSegment)
class NoteSegmentAdmin(ReadOnlyAdmin):
    list_display = ("note", "epoch", "first_seq", "last_seq", "size", "created_at")
    list_select_related = ("note",)
    search_fields = ("note__title", "note__public_id")
    fields = ("note", "epoch", "first_seq", "last_seq", "size", "created_at")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("data").annotate(byte_count=Length("data"))

    @admin.display(description="bytes", ordering="byte_count")
    def size(self, segment: NoteSegment) -> int:
        return int(getattr(segment, "byte_count", 0))


@admin.register(NoteSnapshot)
class NoteSnapshotAdmin(ReadOnlyAdmin):
    list_display = ("note", "epoch", "seq", "size", "created_at")
    list_select_related = ("note",)
    search_fields = ("note__title", "note__public_id")
    fields = ("note", "epoch", "seq", "size", "created_at")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("state", "text").annotate(byte_count=Length("state"))

    @admin.display(description="bytes", ordering="byte_count")
    def size(self, snapshot: NoteSnapshot) -> int:
        return int(getattr(snapshot, "byte_count", 0))


@admin.register(LoadMark)
class LoadMarkAdmin(ReadOnlyAdmin):
    list_display = ("note", "process", "created_at")
    list_select_related = ("note",)
    search_fields = ("note__title", "note__public_id", "process")
    ordering = ("-created_at",)
