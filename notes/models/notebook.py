"""Notebooks: a course, a group or a topic; they nest."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef

from core.lib.ids import new_public_id
from notes.models.membership import Membership

CLOTHS = 6  # colours of a notebook's spine, --cloth-1 to --cloth-6
MAX_DEPTH = 4  # a course, its parts, their chapters, a chapter's sections


class NotebookQuerySet(models.QuerySet["Notebook"]):
    def visible_to(self, user: Any) -> Self:
        """Not deleted, and the user is a member of it or of a notebook around it."""
        if not user.is_authenticated:
            return self.none()
        around = Membership.objects.filter(user=user).annotate(inner=OuterRef("path"))
        return self.alive().filter(Exists(around.filter(inner__startswith=F("notebook__path"))))

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
        default=1, validators=[MinValueValidator(1), MaxValueValidator(CLOTHS)], help_text="Colour of the spine, 1 to 6."
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=120, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = NotebookQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        indexes = [models.Index(fields=["path"], name="notebook_path")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="notebook_has_a_title"),
            models.CheckConstraint(condition=models.Q(cloth__range=(1, CLOTHS)), name="notebook_cloth_is_known"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/notebooks/{self.public_id}/"

    @property
    def ancestor_ids(self) -> list[int]:
        """Primary keys from the outermost notebook to this one."""
        return [int(part) for part in self.path.split("/") if part]

    @property
    def depth(self) -> int:
        return len(self.ancestor_ids)
