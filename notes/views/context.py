"""What every page needs besides its own content: who is reading, in what theme, and the tree at the left."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notes.models import Membership, Notebook

THEMES = ("paper", "ink")
SIDEBARS = ("narrow", "wide")


@dataclass(frozen=True, slots=True)
class Branch:
    """A row of the sidebar: a notebook, and how deep it stands below the outermost one that the reader sees."""

    notebook: Notebook
    depth: int
    alone: bool  # nobody else is a member


def shell(request: HttpRequest) -> dict[str, Any]:
    theme, sidebar = request.COOKIES.get("theme"), request.COOKIES.get("sidebar")
    return {
        "theme": theme if theme in THEMES else "",
        "sidebar": sidebar if sidebar in SIDEBARS else "",
        # Lazy: fragments and pages without a sidebar ask the database nothing.
        "branches": SimpleLazyObject(lambda: tree(request.user)),
    }


def tree(user: Any) -> list[Branch]:
    """The notebooks that the user sees, each followed by those in it; in two queries, however many there are."""
    if not user.is_authenticated:
        return []
    notebooks = list(Notebook.objects.visible_to(user).active().order_by("title", "id"))
    members = _members_of(notebooks)
    return [
        Branch(notebook, depth, alone=sum(members.get(pk, 0) for pk in notebook.ancestor_ids) == 1)
        for notebook, depth in _in_order(notebooks)
    ]


def _members_of(notebooks: Iterable[Notebook]) -> dict[int, int]:
    around = {pk for notebook in notebooks for pk in notebook.ancestor_ids}
    rows = Membership.objects.filter(notebook__in=around).values_list("notebook").order_by()
    return dict(rows.annotate(count=Count("pk")))


def _in_order(notebooks: list[Notebook]) -> list[tuple[Notebook, int]]:
    seen = {notebook.pk for notebook in notebooks}
    inside: dict[int | None, list[Notebook]] = {}
    for notebook in notebooks:
        # A member of a nested notebook only does not see what is around it: for them it is an outermost one.
        inside.setdefault(notebook.parent_id if notebook.parent_id in seen else None, []).append(notebook)

    def walk(parent: int | None, depth: int) -> Iterable[tuple[Notebook, int]]:
        for notebook in inside.get(parent, []):
            yield notebook, depth
            yield from walk(notebook.pk, depth + 1)

    return list(walk(None, 0))
