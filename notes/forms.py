"""The forms of the pages. They say what a field may hold; what a person may do with it is the services' business."""

from typing import Any

from django import forms

from notes.models import Notebook, Role
from notes.models.notebook import CLOTHS

UNTITLED = {"required": "Give it a title."}
CLOTH_NAMES = ("Pine", "Madder", "Indigo", "Moss", "Ochre", "Heather")
# What is offered first is what most people want.
ROLES = [(role.value, role.label.capitalize()) for role in (Role.EDITOR, Role.COMMENTER, Role.VIEWER, Role.OWNER)]


class NotebookForm(forms.Form):
    title = forms.CharField(
        max_length=120,
        error_messages=UNTITLED,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    description = forms.CharField(
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences: what belongs here, and for whom.",
    )
    cloth = forms.TypedChoiceField(
        choices=list(enumerate(CLOTH_NAMES[:CLOTHS], start=1)), coerce=int, initial=1, widget=forms.RadioSelect
    )


class PlaceField(forms.ChoiceField):
    """A choice among notebooks, by public id; a select that shows how they nest."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Select, **kwargs)
        self.places: dict[str, Notebook] = {}

    def offer(self, places: list[tuple[Notebook, int]], outside: str = "") -> None:
        """`places` with their depth; `outside` names the choice of no notebook at all, if there is one."""
        self.places = {notebook.public_id: notebook for notebook, _ in places}
        self.choices = [
            *([("", outside)] if outside else []),
            *((notebook.public_id, "\N{EM SPACE}" * depth + notebook.title) for notebook, depth in places),
        ]

    def clean(self, value: Any) -> Notebook | None:
        return self.places.get(super().clean(value))


class NewNoteForm(forms.Form):
    title = forms.CharField(
        max_length=200,
        error_messages=UNTITLED,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    notebook = PlaceField()


class TitleForm(forms.Form):
    title = forms.CharField(
        max_length=200, error_messages=UNTITLED, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class MoveForm(forms.Form):
    notebook = PlaceField(label="Move to", required=False)


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(choices=ROLES, coerce=lambda value: Role(int(value)))


class InvitationForm(RoleForm):
    email = forms.EmailField(
        label="For whom",
        required=False,
        help_text="An e-mail address, so that you know later whose link this was. Nothing is sent.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["email", "role"]
