"""Who somebody is."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.lib.ids import new_public_id

COLOURS = 8  # inks for people, --p1 to --p8
FORMER = "@former.invalid"  # what addresses of deleted accounts end with


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Makes and saves a user; raises ValueError without an e-mail address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """What `manage.py createsuperuser` calls: the one way to such rights that begins without anybody's."""
        from core.accounts import audit

        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        audit.record(None, audit.Deed.ACCOUNT_MADE, about=user, after=user.rank)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail address; is shown by display name and colour."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    email = models.EmailField("e-mail address", unique=True)
    display_name = models.CharField(max_length=60)
    colour = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(COLOURS)], help_text="Ink 1 to 8."
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    # A session holds as long as this is what it was when the session began. One more, and none of them holds.
    session_era = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    # Set while a change is saved that ends the user's sessions; see signals.
    ends_sessions = False

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case"),
            models.CheckConstraint(condition=models.Q(colour__range=(1, COLOURS)), name="user_colour_is_an_ink"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_session_auth_hash(self) -> str:
        return self._of_this_era(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret, digest in zip(settings.SECRET_KEY_FALLBACKS, super().get_session_auth_fallback_hash(), strict=True):
            yield self._of_this_era(digest, secret)

    def _of_this_era(self, digest: str, secret: str | bytes | None = None) -> str:
        """The first era's are as Django makes them, so that sessions from before there were eras hold."""
        if not self.session_era:
            return digest
        return salted_hmac("session era", f"{digest} {self.session_era}", secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_former(self) -> bool:
        """Their owner had the account deleted. Nobody brings it back: nothing says whose it was."""
        return str(self.email).endswith(FORMER)

    @property
    def rank(self) -> str:
        """In words, for the log of permission changes."""
        if self.is_superuser:
            return "superuser" if self.is_staff else "superuser, not staff"
        return "staff" if self.is_staff else "member"

    @property
    def initials(self) -> str:
        """One or two letters for a face: first and last word, or the first two letters."""
        words = self.display_name.split()
        if len(words) > 1:
            return (words[0][0] + words[-1][0]).upper()
        return (words[0][:2] if words else self.email[:2]).upper()
