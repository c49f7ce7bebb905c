"""Every write to accounts that is not django-allauth's.

A request knows an account as it was when it began; meanwhile it may have been closed, or deleted. So each of these
reads it again under a lock, and saves nothing but what it changes.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from core.accounts import audit
from core.accounts.events import Forgotten, ProfileChanged
from core.accounts.models import COLOURS, FORMER, User
from core.lib import wording
from core.lib.errors import Invalid, NotAllowed
from core.lib.events import publish
from core.lib.ids import new_public_id

NAME_LENGTH = 60
NAMELESS = "Former member"


def lock_account(user: User) -> User:
    """The account as it is now, its row locked until the commit: before all other locks, see notes.services.trees.

    Raises NotAllowed for one that was closed meanwhile.
    """
    # Not FOR UPDATE: every keystroke of theirs would wait, for its row refers to the author.
    fresh: User = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not fresh.is_active:
        raise NotAllowed("This account is closed.")
    return fresh


def set_password(user: User, password: str) -> None:
    """Raises NotAllowed for an account that was closed meanwhile."""
    hashed = make_password(password)  # a tenth of a second, for which nobody else is to wait
    with transaction.atomic():
        fresh = lock_account(user)
        fresh.password = hashed
        fresh.save(update_fields=["password"])
    user.password, user.session_era = fresh.password, fresh.session_era


@transaction.atomic
def update_profile(user: User, *, display_name: str, colour: int) -> User:
    """Raises Invalid for a name that is empty or too long, and for a colour that is none of the inks."""
    name = wording.some_line(display_name, limit=NAME_LENGTH, what="A name")
    if colour not in range(1, COLOURS + 1):
        raise Invalid(f"There are the inks 1 to {COLOURS}.")
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.is_former:
        raise NotAllowed("This account was deleted.")
    if (user.display_name, user.colour) != (name, colour):
        user.display_name, user.colour = name, colour
        user.save(update_fields=["display_name", "colour"])
        publish(ProfileChanged(user_id=user.pk))
    return user


def addresses_of(user: User) -> set[str]:
    """All that the account names. Those that nobody has confirmed may be somebody else's."""
    return {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}


def own_addresses(user: User) -> set[str]:
    """Those that are known to be theirs, also former ones, and that no other account has now."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    known = {user.email, *confirmed, *audit.former_addresses(user)}
    taken = User.objects.exclude(pk=user.pk).filter(email__in=known).values_list("email", flat=True)
    return known - set(taken)


@transaction.atomic
def make_nameless(user: User) -> User:
    """Takes from an account all that tells whose it was, and closes it. There is no way back.

    Raises Invalid for the last one who could make others superusers.

    The row stays, for it is what the history of shared notes refers to, also where it is packed: who wrote there is
    one former member, and not another, and nobody knows which person that was.
    """
    user = lock_account(user)
    _must_leave_a_superuser(user)
    addresses = own_addresses(user)
    publish(Forgotten(user_id=user.pk, addresses=tuple(addresses)))
    _take_out_of_admin_log(user, addresses)
    audit.record(user, audit.Deed.ACCOUNT_DELETED, about=user)
    audit.make_nameless(user, NAMELESS, addresses)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.public_id = new_public_id()
    user.display_name, user.email = NAMELESS, f"{user.public_id}{FORMER}"
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login, user.colour = None, COLOURS
    user.set_unusable_password()
    user.save()
    publish(ProfileChanged(user_id=user.pk))
    return user


def _must_leave_a_superuser(user: User) -> None:
    if not user.is_superuser:
        return
    superusers = User.objects.select_for_update(no_key=True).filter(is_superuser=True, is_active=True).order_by("pk")
    others = User.objects.filter(is_active=True).exclude(pk=user.pk).exists()
    if others and [other.pk for other in superusers] == [user.pk]:
        raise Invalid("Nobody else may make superusers. Make somebody else one first.")


def _take_out_of_admin_log(user: User, addresses: set[str]) -> None:
    """Django's own log calls things by what they were called."""
    rows = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    rows.update(object_repr=NAMELESS)
    keys = [str(pk) for pk in EmailAddress.objects.filter(user=user).values_list("pk", flat=True)]
    rows = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(EmailAddress))
    for address in addresses:
        rows.filter(object_repr__icontains=address).update(object_repr=NAMELESS)
    rows.filter(object_id__in=keys).update(object_repr=NAMELESS)
