"""The domain in Django's admin: to find things, to mend who is in a notebook, and to bring back what was deleted.

Everything is changed by services (notes/services/operators.py): what went past them would leave no line in the feed,
none in the log of permission changes, and tell no open page.

The text of notes is not shown, nor its excerpt. People write here as in a book that they share with their group;
whoever runs the server needs to know how large a note is and whether it opens, and should not come to read it in
passing. Titles are shown: without them nothing could be found.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Length
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from core.accounts.models import User
from core.lib.operating import ReadOnlyAdmin, ServiceAdmin, never
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
    Quarantine,
    Role,
)
from notes.services import operators
from notes.services.operators import Wish

# Django's classes take type arguments in the stubs only.
if TYPE_CHECKING:
    Inline = admin.TabularInline[Membership, Notebook]
    QuarantineTable = admin.TabularInline[Quarantine, Note]
    FormSet = forms.BaseInlineFormSet[Membership, Notebook, forms.ModelForm[Membership]]
else:
    Inline = QuarantineTable = admin.TabularInline
    FormSet = forms.BaseInlineFormSet


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

    def get_readonly_fields(self, _request: HttpRequest, _notebook: Notebook | None = None) -> Any:
        return ("created_at",)

    # Asked are the rights on the notebook: a membership is a line of it.
    def has_add_permission(self, request: HttpRequest, _notebook: Notebook | None = None) -> bool:
        return bool(request.user.has_perm("notes.change_notebook"))

    def has_change_permission(self, request: HttpRequest, _notebook: Notebook | None = None) -> bool:
        return bool(request.user.has_perm("notes.change_notebook"))

    def has_delete_permission(self, request: HttpRequest, _notebook: Notebook | None = None) -> bool:
        return bool(request.user.has_perm("notes.change_notebook"))

    def has_view_permission(self, request: HttpRequest, _notebook: Notebook | None = None) -> bool:
        return bool(request.user.has_perm("notes.view_notebook") or request.user.has_perm("notes.change_notebook"))


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
class NotebookAdmin(ServiceAdmin):
    has_add_permission = has_delete_permission = never
    inlines = (MembersInline,)
    actions = ("restore",)
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
        *("created_by", "created_at", "archived_at", "deleted_at", "size"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        counts = {"member_count": Count("memberships", distinct=True), "note_count": Count("notes", distinct=True)}
        return super().get_queryset(request).annotate(**counts)

    def save_model(self, *_: Any) -> None:
        """Nothing of the notebook itself is changed here."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        (members,) = formsets
        changed = members.save(commit=False)  # also says what is deleted
        wishes = [Wish(each.user, Role(each.role)) for each in changed]
        # A row whose person was exchanged: the one before goes.
        kept = {wish.user.pk for wish in wishes}
        before = {form.instance.pk: form.initial.get("user") for form in members.initial_forms}
        gone = {each.user_id for each in members.deleted_objects} | {before.get(each.pk) for each in changed}
        people = User.objects.in_bulk(gone - kept - {None})
        operators.mend_members(request.user, form.instance, [*wishes, *(Wish(user, None) for user in people.values())])

    @admin.action(description="Bring back what was deleted", permissions=["change"])
    def restore(self, request: HttpRequest, chosen: QuerySet[Notebook]) -> None:
        # From the outside in: a notebook comes back with what was deleted with it.
        deleted = chosen.exclude(deleted_at=None).order_by("path")
        self.each(request, deleted, operators.restore_notebook, "{} brought back.")

    @admin.display(description="in the database")
    def size(self, notebook: Notebook) -> str:
        return _bytes_of(Note.objects.within(notebook))

    @admin.display(ordering="member_count")
    def members(self, notebook: Notebook) -> int:
        return int(getattr(notebook, "member_count", 0))

    @admin.display(description="notes", ordering="note_count")
    def note_total(self, notebook: Notebook) -> int:
        return int(getattr(notebook, "note_count", 0))


class QuarantineInline(QuarantineTable):
    model = Quarantine
    fields = readonly_fields = ("seq", "why", "found_at")
    has_add_permission = has_change_permission = has_delete_permission = never

    def has_view_permission(self, request: HttpRequest, _note: Note | None = None) -> bool:
        return bool(request.user.has_perm("notes.view_note"))


@admin.register(Note)
class NoteAdmin(ServiceAdmin, ReadOnlyAdmin):
    actions = ("restore",)
    inlines = (QuarantineInline,)
    fields = (
        *("title", "public_id", "notebook", "owners", "created_by", "created_at", "changed_at"),
        *("archived_at", "deleted_at", "words", "size", "seq", "epoch", "access_epoch", "in_quarantine"),
    )
    list_display = (
        *("title", "public_id", "notebook", "created_by", "words", "seq", "changed_at"),
        *("archived_at", "deleted_at", "in_quarantine"),
    )
    list_select_related = ("notebook", "created_by")
    list_filter = (
        ("quarantines", admin.EmptyFieldListFilter),
        ("deleted_at", admin.EmptyFieldListFilter),
        ("archived_at", admin.EmptyFieldListFilter),
        "changed_at",
    )
    search_fields = ("title", "public_id", "notebook__title", "notebook__public_id", "created_by__email")
    ordering = ("-changed_at",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("excerpt").annotate(quarantined=Count("quarantines"))

    def has_restore_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("notes.change_note"))

    @admin.action(description="Bring back what was deleted", permissions=["restore"])
    def restore(self, request: HttpRequest, chosen: QuerySet[Note]) -> None:
        self.each(request, chosen.exclude(deleted_at=None), operators.restore_note, "{} brought back.")

    @admin.display(ordering="quarantined")
    def in_quarantine(self, note: Note) -> int:
        """How many of its updates."""
        return int(getattr(note, "quarantined", 0))

    @admin.display(description="owned by")
    def owners(self, note: Note) -> str:
        owners = Membership.objects.around(note.notebook).filter(role=Role.OWNER)
        return ", ".join(dict.fromkeys(str(owner.user) for owner in owners))

    @admin.display(description="in the database")
    def size(self, note: Note) -> str:
        return _bytes_of(Note.objects.filter(pk=note.pk))


@admin.register(Invitation)
class InvitationAdmin(ServiceAdmin, ReadOnlyAdmin):
    list_display = ("notebook", "role", "email", "created_by", "expires_at", "accepted_by", "revoked_at")
    list_select_related = ("notebook", "created_by", "accepted_by")
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter), "expires_at")
    search_fields = ("notebook__title", "notebook__public_id", "email", "created_by__email", "accepted_by__email")
    exclude = ("token_hash",)
    ordering = ("-created_at",)
    actions = ("withdraw",)

    @admin.action(description="Withdraw the chosen invitations", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        self.each(request, chosen.select_related("notebook"), operators.withdraw_invitation, "{} withdrawn.")

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


@admin.register(Quarantine)
class QuarantineAdmin(ReadOnlyAdmin):
    list_display = ("note", "seq", "why", "found_at")
    list_select_related = ("note",)
    list_filter = ("found_at",)
    search_fields = ("note__title", "note__public_id", "why")
    ordering = ("-found_at",)


def _bytes_of(notes: QuerySet[Note]) -> str:
    """What the log and the snapshots of these notes take. Lengths only: no text is read."""
    parts = ((NoteUpdate, "data"), (NoteSegment, "data"), (NoteSnapshot, "state"))
    sums = [
        model._default_manager.filter(note__in=notes).aggregate(sum=Sum(Length(field)))["sum"] or 0
        for model, field in parts
    ]
    return filesizeformat(sum(sums))
