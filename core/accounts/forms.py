"""The forms of sign-up and profile."""

import secrets
from typing import Any

from django import forms
from django.http import HttpRequest

from core.accounts.models import COLOURS, User


class SignupForm(forms.Form):
    """What sign-up asks besides e-mail and password."""

    display_name = forms.CharField(label="Your name", max_length=60, help_text="What your group reads beside your words.")

    def signup(self, request: HttpRequest, user: User) -> None:
        user.display_name = self.cleaned_data["display_name"].strip()
        user.colour = secrets.randbelow(COLOURS) + 1
        user.save(update_fields=["display_name", "colour"])


class ProfileForm(forms.ModelForm[User]):
    colour = forms.TypedChoiceField(
        choices=[(number, f"Ink {number}") for number in range(1, COLOURS + 1)], coerce=int, widget=forms.RadioSelect
    )

    class Meta:
        model = User
        fields = ["display_name", "colour"]

    def clean_display_name(self) -> Any:
        return self.cleaned_data["display_name"].strip()
