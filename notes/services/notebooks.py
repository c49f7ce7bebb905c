"""Every write to notebooks.

Each function asks for the actor's rights, writes a line of the feed, and publishes after the commit. A change that is
none (the same place, archived already) is no error and leaves no line.
"""

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from core.accounts.models import User
from core.accounts.services import lock_account
from core.lib import wording
from core.lib.errors import Invalid, NotAllowed
from notes.models import Membership, Note, Notebook, Role, Verb
from notes.models.notebook import CLOTHS, MAX_DEPTH
from notes.services import audit, trees
from notes.services.activity import record
from notes.services.rights import require

TITLE_LENGTH = 120
DESCRIPTION_LENGTH = 300
DEEDS = {
    Verb.NOTEBOOK_ARCHIVED: audit.Deed.ARCHIVED,
    Verb.NOTEBOOK_UNARCHIVED: audit.Deed.UNARCHIVED,
    Verb.NOTEBOOK_DELETED: audit.Deed.DELETED,
    Verb.NOTEBOOK_RESTORED: audit.Deed.RESTORED,
}


@transaction.atomic
def create(
    actor: User, *, title: str, description: str = "", cloth: int | None = None, parent: Notebook | None = None
) -> Notebook:
    """The actor becomes the owner of an outermost notebook; a nested one inherits its people.

    `cloth` is taken from the notebook around it, or the next of the row, when none is given.
    """
    if parent is not None:
        (parent,) = trees.lock(parent)
        require(actor, parent, "organise")
        must_be_open(parent)
        _check_depth(parent.depth + 1)
    else:
        actor = lock_account(actor)
    notebook = Notebook(parent=parent, created_by=actor)
    _describe(notebook, title, description, _next_cloth(actor, parent) if cloth is None else cloth)
    notebook.save()
    if parent is None:
        Membership.objects.create(notebook=notebook, user=actor, role=Role.OWNER)
        audit.member(actor, audit.Deed.BEGUN, notebook, actor, after=Role.OWNER)
    record(actor, Verb.NOTEBOOK_CREATED, notebook=notebook)
    return notebook


@transaction.atomic
def update(actor: User, notebook: Notebook, *, title: str, description: str, cloth: int) -> Notebook:
    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "organise")
    before = notebook.title
    _describe(notebook, title, description, cloth)
    notebook.save(update_fields=["title", "description", "cloth"])
    if notebook.title != before:
        record(actor, Verb.NOTEBOOK_RENAMED, notebook=notebook, data={"old": before, "new": notebook.title})
    return notebook


@transaction.atomic
def move(actor: User, notebook: Notebook, *, parent: Notebook | None) -> Notebook:
    """Moves a notebook with all that is in it into another one, or to the outside (`parent=None`).

    Its own members come along; those whom it inherits are left behind, and the new ones come in. Where that changes
    anybody's role the actor must be an owner: otherwise an editor could take a notebook into one of their own.
    Who moves it to the outside stays its owner.
    """
    notebook, *rest = trees.lock(notebook, *([parent] if parent else []))
    parent = rest[0] if rest else None
    able = require(actor, notebook, "organise")
    if parent is not None:
        require(actor, parent, "organise")
    if notebook.parent == parent:
        return notebook
    _check_place(notebook, parent)
    source, before = notebook.parent, trees.roles_in(notebook)
    _place(notebook, parent)
    if parent is None and able.share:
        Membership.objects.update_or_create(notebook=notebook, user=actor, defaults={"role": Role.OWNER})
    after = trees.roles_in(notebook)
    if after != before:
        if not able.share:
            raise NotAllowed("Other people would come to see this notebook, or some no longer. Ask an owner.")
        trees.access_changed(notebook)
        audit.moved(actor, notebook, before, after)
    if source is not None and before.keys() - after.keys():
        record(actor, Verb.NOTEBOOK_MOVED, notebook=source, data={"title": notebook.title, "away": True})
    record(actor, Verb.NOTEBOOK_MOVED, notebook=notebook)
    return notebook


@transaction.atomic
def archive(actor: User, notebook: Notebook) -> Notebook:
    """Keeps the notebook and all that is in it as they are: nobody writes there any more."""
    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "organise")
    return _mark(actor, notebook, "archived_at", Verb.NOTEBOOK_ARCHIVED)


@transaction.atomic
def unarchive(actor: User, notebook: Notebook) -> Notebook:
    """Undoes `archive`: what was in the archive before the notebook stays there."""
    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "organise")
    if notebook.parent and notebook.parent.archived_at:
        raise Invalid(f"“{notebook.parent}” is archived. Bring that back first.")
    return _unmark(actor, notebook, "archived_at", Verb.NOTEBOOK_UNARCHIVED)


@transaction.atomic
def delete(actor: User, notebook: Notebook) -> Notebook:
    """Hides the notebook and all that is in it from everybody but its owners, who may bring it back."""
    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "delete")
    return _mark(actor, notebook, "deleted_at", Verb.NOTEBOOK_DELETED)


@transaction.atomic
def restore(actor: User, notebook: Notebook) -> Notebook:
    """Undoes `delete`: what had been deleted before the notebook stays deleted."""
    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "delete")
    return bring_back(actor, notebook)


def bring_back(actor: User, notebook: Notebook) -> Notebook:
    """`restore` without asking for rights, and under the lock of the tree: for services that have done so."""
    if notebook.parent and notebook.parent.deleted_at:
        raise Invalid("The notebook around this one is deleted. Bring that back first.")
    return _unmark(actor, notebook, "deleted_at", Verb.NOTEBOOK_RESTORED)


@transaction.atomic
def erase(actor: User, notebook: Notebook) -> None:
    """Deletes an outermost notebook with all that is in it, for ever: notes, their history, the feed."""
    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "delete")
    if notebook.parent_id:
        raise Invalid("Only an outermost notebook is erased.")
    audit.state(actor, audit.Deed.ERASED, notebook)
    trees.access_changed(notebook)  # whoever has one of its notes open is told that it is gone
    Note.objects.within(notebook).delete()
    # The innermost first: each protects what is around it.
    for inner in sorted(Notebook.objects.within(notebook), key=lambda inner: -inner.depth):
        inner.delete()


def must_be_open(notebook: Notebook) -> None:
    """Raises Invalid when nothing new may come into this notebook."""
    if notebook.archived_at:
        raise Invalid(f"“{notebook}” is archived. Bring it back first.")


def _describe(notebook: Notebook, title: str, description: str, cloth: int) -> None:
    notebook.title = wording.some_line(title, limit=TITLE_LENGTH, what="A title")
    notebook.description = wording.one_line(description, limit=DESCRIPTION_LENGTH, what="A description")
    if cloth not in range(1, CLOTHS + 1):
        raise Invalid(f"There are the cloths 1 to {CLOTHS}.")
    notebook.cloth = cloth


def _next_cloth(actor: User, parent: Notebook | None) -> int:
    if parent is not None:
        return parent.cloth
    return int(Notebook.objects.filter(created_by=actor, parent=None).count()) % CLOTHS + 1


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid(f"Notebooks nest at most {MAX_DEPTH} deep.")


def _check_place(notebook: Notebook, parent: Notebook | None) -> None:
    if parent is None:
        return
    must_be_open(parent)
    if parent.path.startswith(notebook.path):
        raise Invalid("A notebook cannot be moved into itself.")
    inside = Notebook.objects.within(notebook)
    _check_depth(parent.depth + 1 + max(inner.depth for inner in inside) - notebook.depth)


def _place(notebook: Notebook, parent: Notebook | None) -> None:
    """Rewrites the beginning of each path in the subtree."""
    old, new = notebook.path, f"{parent.path if parent else ''}{notebook.pk}/"
    Notebook.objects.within(notebook).update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    notebook.parent, notebook.path = parent, new
    notebook.save(update_fields=["parent"])


def _mark(actor: User, notebook: Notebook, field: str, verb: Verb) -> Notebook:
    """Stamps the subtree with one moment, by which _unmark knows what belongs together.

    What carries a stamp already keeps it. Archiving stamps deleted things too: they may come back into the archive.
    """
    if getattr(notebook, field):
        return notebook
    trees.access_changed(notebook)
    moment = timezone.now()
    setattr(notebook, field, moment)
    Notebook.objects.within(notebook).filter(**{field: None}).update(**{field: moment})
    Note.objects.within(notebook).filter(**{field: None}).update(**{field: moment})
    audit.state(actor, DEEDS[verb], notebook)
    record(actor, verb, notebook=notebook)
    return notebook


def _unmark(actor: User, notebook: Notebook, field: str, verb: Verb) -> Notebook:
    moment = getattr(notebook, field)
    if not moment:
        return notebook
    trees.access_changed(notebook)
    setattr(notebook, field, None)
    Notebook.objects.within(notebook).filter(**{field: moment}).update(**{field: None})
    Note.objects.within(notebook).filter(**{field: moment}).update(**{field: None})
    audit.state(actor, DEEDS[verb], notebook)
    record(actor, verb, notebook=notebook)
    return notebook
