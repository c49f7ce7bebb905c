"""Where something may be put: the notebooks in which one may write, with how they nest."""

from django.http import HttpRequest

from notes.models import Membership, Notebook, Role
from notes.views.context import tree
from notes.views.finding import person


def writable(request: HttpRequest) -> list[tuple[Notebook, int]]:
    """Offered, not decided: the services ask for the rights again."""
    user = person(request)
    editing = set(Membership.objects.of(user).filter(role__gte=Role.EDITOR).values_list("notebook_id", flat=True))
    return [
        (branch.notebook, branch.depth) for branch in tree(user) if editing.intersection(branch.notebook.ancestor_ids)
    ]
