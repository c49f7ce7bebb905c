"""Groups of permissions. Only superusers change them: whoever may, could give themselves any other."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from core.accounts import standing
from core.lib.operating import ServiceAdmin

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Group]
else:
    ModelAdmin = DjangoGroupAdmin

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ServiceAdmin, ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return self.has_add_permission(request)

    def save_model(self, request: Any, obj: Group, form: Any, change: bool) -> None:
        said = form.cleaned_data
        standing.set_group(request.user, obj, name=said["name"], permissions=said["permissions"])

    def delete_model(self, request: Any, obj: Group) -> None:
        standing.delete_group(request.user, obj)

    def delete_queryset(self, request: Any, queryset: QuerySet[Group]) -> None:
        for group in queryset:
            standing.delete_group(request.user, group)
