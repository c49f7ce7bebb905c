"""E-mail addresses, as django-allauth keeps them.

Whoever changes one can let themselves be sent a new password, so that is for superusers, and is written down.
"""

from typing import TYPE_CHECKING, Any

from allauth.account.admin import EmailAddressAdmin as AllauthAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.accounts import audit

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = AllauthAdmin

admin.site.unregister(EmailAddress)
# Its pages would show the seeds of everybody's codes. Who has a second factor is in the list of users.
admin.site.unregister(Authenticator)


@admin.register(EmailAddress)
class EmailAddressAdmin(ModelAdmin):
    list_select_related = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        was = EmailAddress.objects.filter(pk=obj.pk).select_related("user").first()
        super().save_model(request, obj, form, change)
        _record(request, was, obj)

    def delete_model(self, request: Any, obj: Any) -> None:
        _record(request, obj, None)
        super().delete_model(request, obj)

    def delete_queryset(self, request: Any, queryset: QuerySet[Any]) -> None:
        for address in queryset:
            self.delete_model(request, address)

    @admin.action(description="Mark selected addresses as confirmed", permissions=["change"])
    def make_verified(self, request: Any, queryset: QuerySet[Any]) -> None:
        for address in queryset.filter(verified=False).select_related("user"):
            was = EmailAddress.objects.get(pk=address.pk)
            super().make_verified(request, queryset.filter(pk=address.pk))  # type: ignore[misc]  # allauth has no types
            _record(request, was, EmailAddress.objects.get(pk=address.pk))


def _record(request: Any, was: Any, now: Any) -> None:
    before, after = _told(was), _told(now)
    if before != after:
        about = (now or was).user
        audit.record(request.user, audit.Deed.ADDRESS_CHANGED, about=about, before=before, after=after)


def _told(address: Any) -> str:
    if address is None:
        return ""
    marks = [word for word, holds in (("first", address.primary), ("confirmed", address.verified)) if holds]
    return ", ".join([address.email, *marks])
