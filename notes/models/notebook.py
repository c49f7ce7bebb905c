"""Notebooks: a course, a group or a topic; they nest."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.constants import LOOKUP_SEP

from core.lib.ids import new_public_id
from notes.models.membership import Membership, Role

CLOTHS = 6  # colours of a notebook's spine, --cloth-1 to --cloth-6
MAX_DEPTH = 4  # a course, its parts, their chapters, a chapter's sections


class NotebookQuerySet(models.QuerySet["Notebook"]):
    def visible_to(self, user: Any) -> Self:
        """Not deleted, and the user is a member of it or of a notebook around it."""
        if not user.is_authenticated:
            return self.none()
        return self.alive().of_member(user)

    def of_member(self, user: Any, least: Role = Role.VIEWER) -> Self:
        """Those in which the user has at least this role, by a membership there or around there."""
        mine = Membership.objects.of(user).filter(role__gte=least).order_by()
        # Step by step inwards, each by an index. Comparing paths would look at every pair of notebook and membership,
        # and one condition for all steps at every notebook there is.
        steps = (LOOKUP_SEP.join(["parent"] * step) for step in range(1, MAX_DEPTH))
        inside = (Notebook.objects.filter((f"{step}__in", mine.values("notebook"))).order_by() for step in steps)
        return self.filter(pk__in=mine.values("notebook").union(*(step.values("pk") for step in inside)))

    def alive(self) -> Self:
        return self.filter(deleted_at=None)

    def active(self) -> Self:
        return self.alive().filter(archived_at=None)

    def within(self, notebook: "Notebook") -> Self:
        """The notebook itself and all that is nested in it, deleted ones too."""
        return self.filter(path__startswith=notebook.path)


class Notebook(models.Model):
    """A place for notes.

    `path` holds the primary keys from the outermost notebook to this one, each followed by "/". Whoever is a member
    of a notebook is a member of every notebook whose path begins with its path.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    title = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    cloth = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(CLOTHS)],
        help_text="Colour of the spine, 1 to 6.",
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # Unique also because PostgreSQL then indexes it for "begins with".
    path = models.CharField(max_length=120, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = NotebookQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            # The empty path would be the beginning of every other path: its members would see everything.
            models.CheckConstraint(condition=~models.Q(path=""), name="notebook_has_a_path"),
            models.CheckConstraint(condition=~models.Q(title=""), name="notebook_has_a_title"),
            models.CheckConstraint(condition=models.Q(cloth__range=(1, CLOTHS)), name="notebook_cloth_is_known"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, **kwargs: Any) -> None:
        """A new notebook gets its path here: it holds the primary key, which the first INSERT tells."""
        if self.pk:
            super().save(**kwargs)
            return
        with transaction.atomic():
            self.path = f"new {self.public_id}"
            super().save(**kwargs)
            self.path = f"{self.parent.path if self.parent else ''}{self.pk}/"
            super().save(update_fields=["path"])

    def get_absolute_url(self) -> str:
        return f"/notebooks/{self.public_id}/"

    @property
    def ancestor_ids(self) -> list[int]:
        """Primary keys from the outermost notebook to this one."""
        return [int(part) for part in self.path.split("/") if part]

    @property
    def depth(self) -> int:
        return len(self.ancestor_ids)
