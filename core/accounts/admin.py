"""Accounts in Django's admin. Nobody is deleted there: a closed account keeps its name beside its words."""

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import Count
from django.http import HttpRequest

from core.accounts.models import User

# Django's classes take type arguments in the stubs only.
if TYPE_CHECKING:
    NewForm = AdminUserCreationForm[User]
    ChangeForm = UserChangeForm[User]
    ModelAdmin = DjangoUserAdmin[User]
else:
    NewForm, ChangeForm, ModelAdmin = AdminUserCreationForm, UserChangeForm, DjangoUserAdmin

# The admin's own sign-in would have no limit on tries.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class NewUserForm(NewForm):
    class Meta:
        model = User
        fields = ("email", "display_name")

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"]).lower()


class UserForm(ChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(ModelAdmin):
    form = UserForm
    add_form = NewUserForm
    list_display = ("email", "display_name", "notebooks", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined")
    search_fields = ("email", "display_name", "public_id")
    ordering = ("email",)
    # django-allauth keeps a table of addresses that belongs to the one here; it is changed there.
    readonly_fields = ("email", "public_id", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "public_id")}),
        ("Profile", {"fields": ("display_name", "colour")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("email", "display_name", "usable_password", "password1", "password2")},
        ),
    )

    def get_readonly_fields(self, _request: HttpRequest, obj: User | None = None) -> Any:
        return self.readonly_fields if obj else ("public_id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(notebook_count=Count("memberships"))

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        return False

    @admin.display(description="member of", ordering="notebook_count")
    def notebooks(self, user: User) -> int:
        return int(getattr(user, "notebook_count", 0))
