"""Accounts. Nobody is deleted: a closed account keeps its name beside its words. No password is shown, and none is set:
who needs one is sent a link, so that nobody but its owner ever knows it."""

from typing import TYPE_CHECKING, Any

from allauth.account.forms import ResetPasswordForm
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from core.accounts import secondfactor, standing
from core.accounts.models import User
from core.accounts.services import NAME_LENGTH, update_profile
from core.lib import wording
from core.lib.errors import Invalid
from core.lib.operating import ServiceAdmin, never
from notes.models import Note

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[User]
else:
    ModelForm = forms.ModelForm

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class UserForm(ModelForm):
    class Meta:
        model = User
        fields = ("email", "display_name", "colour", "is_active", *RIGHTS)

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"]).lower()

    def clean_display_name(self) -> str:
        try:
            return wording.some_line(self.cleaned_data["display_name"], limit=NAME_LENGTH, what="A name")
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from None


@admin.register(User)
class UserAdmin(ServiceAdmin):
    form = UserForm
    has_delete_permission = never
    list_display = (
        *("email", "display_name", "notebooks", "notes", "is_active", "is_staff", "second_factor"),
        *("last_login", "date_joined"),
    )
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined", "last_login")
    search_fields = ("email", "display_name", "public_id")
    ordering = ("email",)
    filter_horizontal = ("groups", "user_permissions")
    actions = ("deactivate", "reactivate", "end_sessions", "send_reset", "remove_second_factor")
    # django-allauth keeps a table of addresses that belongs to the one here; it is changed there.
    told = ("email", "public_id", "notebooks", "notes", "second_factor", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "public_id")}),
        ("Profile", {"fields": ("display_name", "colour")}),
        ("What is theirs", {"fields": ("notebooks", "notes")}),
        ("Rights", {"fields": ("is_active", "second_factor", *RIGHTS)}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "display_name"), "description": "They are sent a link to come in by."}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """One's own rights are another operator's to change, and only superusers give any."""
        if obj is None:
            return ()
        if obj.pk == request.user.pk:
            return (*self.told, "is_active", *RIGHTS)
        return self.told if _is_superuser(request) else (*self.told, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        outranked = obj is not None and obj.is_superuser and not _is_superuser(request)
        gone = obj is not None and obj.is_former
        return super().has_change_permission(request, obj) and not outranked and not gone

    def get_queryset(self, request: HttpRequest) -> Any:
        written = Note.objects.filter(created_by=OuterRef("pk")).order_by().values("created_by")
        counts = {
            "notebook_count": Count("memberships"),
            "note_count": Coalesce(Subquery(written.annotate(count=Count("pk")).values("count")), 0),
            "has_factor": Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=secondfactor.FACTORS)),
        }
        return super().get_queryset(request).annotate(**counts)

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        actor, said = request.user, form.cleaned_data
        if not change:
            user = standing.make_account(actor, email=said["email"], display_name=said["display_name"])
            obj.pk = user.pk
            self._send_reset(request, user)
            return
        changed = set(form.changed_data)
        if changed & {"display_name", "colour"}:
            update_profile(User.objects.get(pk=obj.pk), display_name=said["display_name"], colour=said["colour"])
        if "is_active" in changed:
            (standing.reopen_account if said["is_active"] else standing.close_account)(actor, obj)
        if changed & {"is_staff", "is_superuser"}:
            standing.set_rank(actor, obj, staff=said["is_staff"], superuser=said["is_superuser"])
        if changed & {"groups", "user_permissions"}:
            standing.set_permissions(actor, obj, groups=said["groups"], permissions=said["user_permissions"])

    def save_related(self, *_: Any) -> None:
        """Groups and permissions are saved already, by the service."""

    @admin.action(description="Deactivate, and end all sessions at once", permissions=["change"])
    def deactivate(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self.each(request, chosen, standing.close_account, "{} deactivated.")

    @admin.action(description="Reactivate", permissions=["change"])
    def reactivate(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self.each(request, chosen, standing.reopen_account, "{} reactivated.")

    @admin.action(description="End all sessions", permissions=["change"])
    def end_sessions(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self.each(request, chosen, standing.end_sessions, "{} signed out everywhere.")

    @admin.action(description="Send a password reset", permissions=["change"])
    def send_reset(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self.each(request, chosen, lambda _, user: self._send_reset(request, user), "{} sent a link.")

    @admin.action(description="Remove the second factor, and end all sessions", permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self.each(request, chosen, standing.remove_second_factor, "{} without a second factor now.")

    @admin.display(description="member of", ordering="notebook_count")
    def notebooks(self, user: User) -> int:
        return int(getattr(user, "notebook_count", 0))

    @admin.display(description="notes begun", ordering="note_count")
    def notes(self, user: User) -> int:
        return int(getattr(user, "note_count", 0))

    @admin.display(boolean=True, ordering="has_factor")
    def second_factor(self, user: User) -> bool:
        return bool(getattr(user, "has_factor", False))

    @transaction.atomic
    def _send_reset(self, request: HttpRequest, user: User) -> bool:
        standing.may_send_reset(request.user, user)  # type: ignore[arg-type]  # behind the admin's door
        form = ResetPasswordForm({"email": user.email})
        if not form.is_valid():
            return False
        form.save(request)
        return True


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
