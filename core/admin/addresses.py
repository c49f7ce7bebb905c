"""E-mail addresses, as django-allauth keeps them.

Whoever changes one can let themselves be sent a new password, so that is for superusers, and is written down.
"""

from typing import TYPE_CHECKING, Any

from allauth.account.admin import EmailAddressAdmin as AllauthAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from core.accounts import audit, standing
from core.accounts.models import User
from core.lib.operating import OurAdmin

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin = AllauthAdmin
    ModelForm = forms.ModelForm

admin.site.unregister(EmailAddress)
# Its pages would show the seeds of everybody's codes. Who has a second factor is in the list of users.
admin.site.unregister(Authenticator)


class AddressForm(ModelForm):
    def _get_validation_exclusions(self) -> set[str]:
        """That there is one first address is seen to when it is saved: the one before steps back."""
        return {"primary", *super()._get_validation_exclusions()}  # type: ignore[misc]  # the stubs lack it

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        email, user = str(said.get("email", "")).lower(), said.get("user")
        if user is not None and user.is_former:
            raise forms.ValidationError("This account was deleted by its owner.")
        if user is not None and User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
            raise forms.ValidationError({"email": "There is an account with this address already."})
        if self.instance.primary and not said.get("primary"):
            raise forms.ValidationError({"primary": "Make another address the first one instead."})
        return {**said, "email": email}


@admin.register(EmailAddress)
class EmailAddressAdmin(OurAdmin, ModelAdmin):
    form = AddressForm
    list_select_related = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The first address is where links go to: another one takes its place, or none does."""
        return self.has_add_permission(request) and not (obj is not None and obj.primary)

    @transaction.atomic
    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        was = EmailAddress.objects.filter(pk=obj.pk).select_related("user").first()
        if obj.primary:
            EmailAddress.objects.filter(user=obj.user, primary=True).exclude(pk=obj.pk).update(primary=False)
        super().save_model(request, obj, form, change)
        _record(request, was, obj)
        if obj.primary:
            standing.take_address(request.user, obj.user, obj.email)

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
