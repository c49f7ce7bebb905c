"""What operators do with accounts: make, close and reopen them, end sessions, give and take rights.

Each function asks what the actor may do and writes a row of the log of permission changes, in one transaction. `actor`
is None for whoever sits at the server's own console. Nobody locks themselves out: one's own account is left alone.
"""

from collections.abc import Collection, Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from core.accounts import audit
from core.accounts.audit import Deed
from core.accounts.models import User
from core.accounts.services import NAME_LENGTH
from core.lib import wording
from core.lib.errors import Invalid, NotAllowed, NotFound

MAY_CHANGE = "accounts.change_user"
MAY_MAKE = "accounts.add_user"


@transaction.atomic
def make_account(actor: User | None, *, email: str, display_name: str) -> User:
    """Without a password: who owns the address chooses one by the link of a password reset."""
    actor = _lock_actor(actor)
    _require(actor, MAY_MAKE)
    name = wording.some_line(display_name, limit=NAME_LENGTH, what="A name")
    if User.objects.filter(email__iexact=email).exists() or EmailAddress.objects.filter(email__iexact=email).exists():
        raise Invalid("There is an account with this address already.")
    user = User.objects.create_user(email, display_name=name)
    audit.record(actor, Deed.ACCOUNT_MADE, about=user, after=user.rank)
    return user


@transaction.atomic
def close_account(actor: User | None, user: User) -> User:
    """Ends every session, and every socket, as soon as it is committed. What the person wrote stays theirs."""
    actor, user = _other(actor, user, "You cannot deactivate your own account. Ask another operator.")
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        audit.record(actor, Deed.ACCOUNT_CLOSED, about=user)
    return user


@transaction.atomic
def reopen_account(actor: User | None, user: User) -> User:
    actor, user = _other(actor, user, "Your own account is open.")
    if not user.is_active:
        user.is_active = True
        # What was signed in before it was closed does not come back by itself.
        user.session_era += 1
        user.save(update_fields=["is_active", "session_era"])
        audit.record(actor, Deed.ACCOUNT_REOPENED, about=user)
    return user


@transaction.atomic
def end_sessions(actor: User | None, user: User) -> User:
    """Signs somebody out everywhere, oneself too."""
    actor, user = _lock(actor, user)
    _require(actor, MAY_CHANGE, user)
    user.session_era += 1
    user.save(update_fields=["session_era"])
    audit.record(actor, Deed.SESSIONS_ENDED, about=user)
    return user


@transaction.atomic
def take_address(actor: User | None, user: User, email: str) -> User:
    """What django-allauth calls the first address is what one signs in by, and where links go to."""
    actor, user = _lock(actor, user)
    _require_superuser(actor)
    if user.email != email:
        user.email = email
        user.save(update_fields=["email"])
    return user


@transaction.atomic
def set_rank(actor: User | None, user: User, *, staff: bool, superuser: bool) -> User:
    actor, user = _other(actor, user, "You cannot change your own rank. Ask another superuser.")
    _require_superuser(actor)
    before = user.rank
    user.is_staff, user.is_superuser = staff, superuser
    if user.rank != before:
        user.save(update_fields=["is_staff", "is_superuser"])
        audit.record(actor, Deed.RANK_CHANGED, about=user, before=before, after=user.rank)
    return user


@transaction.atomic
def set_permissions(
    actor: User | None, user: User, *, groups: Iterable[Group], permissions: Iterable[Permission]
) -> User:
    actor, user = _other(actor, user, "You cannot change your own permissions. Ask another superuser.")
    _require_superuser(actor)
    before = _permissions(user)
    user.groups.set(groups)
    user.user_permissions.set(permissions)
    after = _permissions(user)
    if after != before:
        audit.record(actor, Deed.PERMISSIONS_CHANGED, about=user, before=before, after=after)
    return user


@transaction.atomic
def set_group(actor: User | None, group: Group, *, name: str, permissions: Iterable[Permission]) -> Group:
    """Also makes a new one."""
    actor = _lock_actor(actor)
    _require_superuser(actor)
    before = _group(group) if group.pk else ""
    group.name = name
    group.save()
    group.permissions.set(permissions)
    after = _group(group)
    if after != before:
        audit.record(actor, Deed.PERMISSIONS_CHANGED, before=before, after=after)
    return group


@transaction.atomic
def delete_group(actor: User | None, group: Group) -> None:
    actor = _lock_actor(actor)
    _require_superuser(actor)
    audit.record(actor, Deed.PERMISSIONS_CHANGED, before=_group(group))
    group.delete()


@transaction.atomic
def remove_second_factor(actor: User | None, user: User) -> bool:
    """For whoever lost both the device and the recovery codes. Whether there was one; all sessions end with it."""
    actor, user = _other(actor, user, "Your own second factor is changed on your profile.")
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if removed:
        user.session_era += 1
        user.save(update_fields=["session_era"])
        audit.record(actor, Deed.FACTOR_REMOVED, about=user)
    return bool(removed)


@transaction.atomic
def may_send_reset(actor: User | None, user: User) -> User:
    """Asked, and written down, before the message is made: that is django-allauth's, and needs a request."""
    actor, user = _lock(actor, user)
    _require(actor, MAY_CHANGE, user)
    if not user.is_active:
        raise Invalid(f"The account of {user} is deactivated.")
    audit.record(actor, Deed.RESET_SENT, about=user)
    return user


def _lock(actor: User | None, user: User) -> tuple[User | None, User]:
    """Both as they are now, until the commit: of two who close each other's account at once, one is too late."""
    found = _rows({each.pk for each in (actor, user) if each is not None})
    return (found[actor.pk] if actor else None), found[user.pk]


def _lock_actor(actor: User | None) -> User | None:
    return _rows({actor.pk})[actor.pk] if actor else None


def _rows(keys: set[int]) -> dict[int, User]:
    # Not FOR UPDATE: every keystroke of theirs would wait, for its row refers to the author.
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    found = {user.pk: user for user in locked}
    if len(found) < len(keys):
        raise NotFound
    if any(user.is_former for user in found.values()):
        raise Invalid("This account was deleted by its owner.")
    return found


def _other(actor: User | None, user: User, refusal: str) -> tuple[User | None, User]:
    if actor is not None and actor.pk == user.pk:
        raise Invalid(refusal)
    actor, user = _lock(actor, user)
    _require(actor, MAY_CHANGE, user)
    return actor, user


def _require(actor: User | None, permission: str, user: User | None = None) -> None:
    if actor is None:
        return
    if not (actor.is_active and actor.is_staff and actor.has_perm(permission)):
        raise NotAllowed("You may not change accounts.")
    if user is not None and user.is_superuser and not actor.is_superuser:
        raise NotAllowed("Only superusers change the account of a superuser.")


def _require_superuser(actor: User | None) -> None:
    if actor is not None and not (actor.is_active and actor.is_staff and actor.is_superuser):
        raise NotAllowed("Only superusers give and take rights.")


def _permissions(user: User) -> str:
    groups = [f"group {name}" for name in user.groups.order_by("name").values_list("name", flat=True)]
    return _listed([*groups, *_labels(user.user_permissions.select_related("content_type"))])


def _group(group: Group) -> str:
    return f"group {group.name}: {_listed(_labels(group.permissions.select_related('content_type')))}"


def _labels(permissions: Iterable[Permission]) -> list[str]:
    return sorted(f"{each.content_type.app_label}.{each.codename}" for each in permissions)


def _listed(names: Collection[str]) -> str:
    return ", ".join(names) or "none"
