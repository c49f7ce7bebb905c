"""The forms of the pages. They say what a field may hold; what a person may do with it is the services' business."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from core.accounts.models import User
from notes.models import Notebook, Role
from notes.models.notebook import CLOTHS
from notes.services.departures import Holding

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


class DepartureForm(forms.Form):
    """Somebody deletes their account. Nothing is chosen beforehand: each notebook is decided about by hand."""

    ERASE = "erase"

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, holdings: Sequence[Holding], data: Any = None) -> None:
        super().__init__(data)
        self._user = user
        self._holdings = holdings
        for holding in holdings:
            giving = [(heir.public_id, f"{heir} owns it from now on") for heir in holding.heirs]
            self.fields[self._name(holding)] = forms.ChoiceField(
                label=str(holding.notebook),
                help_text=_about(holding),
                choices=[*giving, (self.ERASE, _erasing(holding))],
                widget=forms.RadioSelect,
                error_messages={"required": "Decide what becomes of it."},
            )

    @property
    def decisions(self) -> Iterator[forms.BoundField]:
        """One for each notebook, for the page."""
        for holding in self._holdings:
            yield self[self._name(holding)]

    @property
    def heirs(self) -> dict[int, User | None]:
        """What departures.depart asks for."""
        found: dict[int, User | None] = {}
        for holding in self._holdings:
            heirs: dict[str, User | None] = {heir.public_id: heir for heir in holding.heirs}
            found[holding.notebook.pk] = {**heirs, self.ERASE: None}[self.cleaned_data[self._name(holding)]]
        return found

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self._user.check_password(password):
            raise forms.ValidationError("That is not your password.")
        return password

    def _name(self, holding: Holding) -> str:
        return f"notebook-{holding.notebook.public_id}"


def _about(holding: Holding) -> str:
    """In a sentence, for whoever decides."""
    state = "Deleted" if holding.notebook.deleted_at else "Archived" if holding.notebook.archived_at else ""
    others = {0: "nobody else", 1: "1 person besides you"}.get(holding.others, f"{holding.others} people besides you")
    told = ", ".join(filter(None, [state, _notes(holding) or "no notes", f"{others} in it"]))
    return told[0].upper() + told[1:] + "."


def _erasing(holding: Holding) -> str:
    return f"Delete it{f' with its {_notes(holding)}' if holding.notes else ''}, for everybody and for ever"


def _notes(holding: Holding) -> str:
    return f"{holding.notes} note{'' if holding.notes == 1 else 's'}" if holding.notes else ""
