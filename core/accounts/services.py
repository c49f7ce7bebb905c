"""Every write to accounts that is not django-allauth's."""

from django.db import transaction

from core.accounts.events import ProfileChanged
from core.accounts.models import COLOURS, User
from core.lib import wording
from core.lib.errors import Invalid
from core.lib.events import publish

NAME_LENGTH = 60


@transaction.atomic
def update_profile(user: User, *, display_name: str, colour: int) -> User:
    """Raises Invalid for a name that is empty or too long, and for a colour that is none of the inks."""
    name = wording.some_line(display_name, limit=NAME_LENGTH, what="A name")
    if colour not in range(1, COLOURS + 1):
        raise Invalid(f"There are the inks 1 to {COLOURS}.")
    if (user.display_name, user.colour) != (name, colour):
        user.display_name, user.colour = name, colour
        user.save(update_fields=["display_name", "colour"])
        publish(ProfileChanged(user_id=user.pk))
    return user
