"""The forms of sign-up and profile."""

from django import forms
from django.http import HttpRequest

from core.accounts.models import COLOURS, User
from core.accounts.services import NAME_LENGTH
from core.lib import wording
from core.lib.errors import Invalid

INKS = ("Madder", "Cobalt", "Verdigris", "Ochre", "Plum", "Sienna", "Lagoon", "Rose")
THEMES = (("system", "As the system"), ("paper", "Paper"), ("ink", "Ink"))


class SignupForm(forms.Form):
    """What sign-up asks besides e-mail and password."""

    display_name = forms.CharField(
        label="Your name",
        max_length=60,
        help_text="What your group reads beside your words.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["display_name", "email", "password1"]

    def clean_display_name(self) -> str:
        """By the rule of the profile: what is none there is none here."""
        try:
            return wording.some_line(self.cleaned_data["display_name"], limit=NAME_LENGTH, what="A name")
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from None

    def signup(self, request: HttpRequest, user: User) -> None:
        user.display_name = self.cleaned_data["display_name"]
        # By turns: a group that makes its accounts at the same time can be told apart.
        user.colour = user.pk % COLOURS + 1
        user.save(update_fields=["display_name", "colour"])


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label="Your name",
        max_length=60,
        help_text="What your group reads beside your words.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    colour = forms.TypedChoiceField(
        label="Your ink",
        choices=list(enumerate(INKS[:COLOURS], start=1)),
        coerce=int,
        widget=forms.RadioSelect,
    )
    theme = forms.ChoiceField(choices=THEMES, widget=forms.RadioSelect)
