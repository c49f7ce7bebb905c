"""Every write to accounts that is not django-allauth's."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from core.accounts import audit
from core.accounts.events import Forgotten, ProfileChanged
from core.accounts.models import COLOURS, User
from core.lib import wording
from core.lib.errors import Invalid
from core.lib.events import publish
from core.lib.ids import new_public_id

NAME_LENGTH = 60
NAMELESS = "Former member"


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


def addresses_of(user: User) -> set[str]:
    return {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}


@transaction.atomic
def make_nameless(user: User) -> User:
    """Takes from an account all that tells whose it was, and closes it. There is no way back.

    The row stays, for it is what the history of shared notes refers to, also where it is packed: who wrote there is
    one former member, and not another, and nobody knows which person that was.
    """
    publish(Forgotten(user_id=user.pk, addresses=tuple(addresses_of(user))))
    audit.record(user, audit.Deed.ACCOUNT_DELETED, about=user)
    audit.make_nameless(user, NAMELESS, addresses_of(user))
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.groups.clear()
    user.user_permissions.clear()
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).update(object_repr=NAMELESS)
    user.public_id = new_public_id()
    user.display_name, user.email = NAMELESS, f"{user.public_id}@former.invalid"
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login, user.colour = None, COLOURS
    user.set_unusable_password()
    user.save()
    publish(ProfileChanged(user_id=user.pk))
    return user
