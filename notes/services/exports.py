"""Every write to exports. Rules as in services.notebooks.

Made in the background, step by step: who begins, claims the row for a while and renews that as it goes. When a worker
dies the claim runs out, and a sweep has it made again from the beginning.
"""

import io
import logging
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from core.accounts.models import User
from core.lib.errors import Invalid, NotAllowed, NotFound
from core.lib.tasks import go_on, soon
from notes.access import abilities
from notes.events import ExportMoved, publish
from notes.models import Export, Note, Notebook
from notes.packing import DamagedSegmentError
from notes.services import contents, trees
from notes.services.filenames import Names
from notes.services.rights import require

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
TRIES = 3
PROGRESS_SECONDS = 0.5  # between two words on how far it is
MOST_BYTES = 64 * 1024 * 1024  # compressed; what a row, and a web server at once, can hold
MOST_A_DAY = 20  # of one person
TOO_LARGE = "It is larger than an export can be. Export the notebooks in it one by one."
FAILED = "It could not be made. Try it again; if it fails again, tell whoever runs this server."
GONE = "The notebook is gone, or you may no longer read it."


class TooLargeError(Exception):
    """The archive has grown past MOST_BYTES."""


# --- Asking for one ----------------------------------------------------------------------------------------------


@transaction.atomic
def begin(actor: User, notebook: Notebook) -> Export:
    """Who asks again while one is being made is given that one."""
    from notes.tasks import make_export

    (notebook,) = trees.lock(notebook)
    require(actor, notebook, "read")
    if notebook.deleted_at:
        raise NotAllowed("This is deleted. Bring it back first.")
    mine = Export.objects.filter(requested_by=actor).defer("data")
    if running := mine.unfinished().filter(notebook=notebook).first():
        return running
    if mine.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Invalid(f"You have made {MOST_A_DAY} exports today. Make the next one tomorrow.")
    export: Export = Export.objects.create(notebook=notebook, requested_by=actor, total=_notes_in(notebook).count())
    soon(make_export, export.pk)
    return export


def find(actor: User, public_id: str) -> Export:
    """Without its file. Raises NotFound for what is not the actor's, or is of what they may not read any more."""
    export = Export.objects.select_related("notebook").defer("data").filter(public_id=public_id).first()
    if export is None or export.requested_by_id != actor.pk or not abilities(actor, export.notebook).read:
        raise NotFound
    return export


def file_of(export: Export) -> bytes:
    return bytes(Export.objects.values_list("data", flat=True).get(pk=export.pk))


def expire() -> int:
    """How many went."""
    return int(Export.objects.filter(expires_at__lte=timezone.now()).delete()[0])


# --- Making it ---------------------------------------------------------------------------------------------------


def make(export_id: int) -> None:
    """Makes the file, unless somebody else does or did."""
    now = timezone.now()
    claimed = Export.objects.due().filter(pk=export_id)
    if not claimed.update(state=Export.State.RUNNING, lease_until=now + LEASE, tries=F("tries") + 1, done=0):
        return
    export = Export.objects.select_related("notebook", "requested_by").defer("data").get(pk=export_id)
    if export.tries > TRIES:  # each of them ended its worker
        _fail(export, FAILED)
        return
    if not _may_be_read(export):
        _fail(export, GONE)
        return
    try:
        data = _archive(export)
    except TooLargeError:
        _fail(export, TOO_LARGE)
    except DamagedSegmentError as error:
        logger.error("notebook %d cannot be exported: %s", export.notebook_id, error)
        _fail(export, FAILED)
    else:
        _end(export, state=Export.State.READY, done=export.total, data=data, size=len(data))


def _may_be_read(export: Export) -> bool:
    """Asked when it is made, and again when it is fetched."""
    return abilities(export.requested_by, export.notebook).read and not export.notebook.deleted_at


def _archive(export: Export) -> bytes:
    """Raises TooLargeError, Interrupted, DamagedSegmentError."""
    file, said = io.BytesIO(), time.monotonic()
    export.total = _notes_in(export.notebook).count()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (path, note) in enumerate(_paths(export.notebook), 1):
            go_on()
            archive.writestr(_entry(path, note.changed_at), contents.text_of(note))
            if file.tell() > MOST_BYTES:
                raise TooLargeError
            if time.monotonic() - said > PROGRESS_SECONDS:
                said = time.monotonic()
                _tell(export, number)
    return file.getvalue()


def _entry(path: str, changed_at: datetime) -> zipfile.ZipInfo:
    """Zip tells the time in steps of two seconds, without a zone."""
    entry = zipfile.ZipInfo(path, changed_at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _notes_in(notebook: Notebook) -> QuerySet[Note]:
    return Note.objects.alive().within(notebook)


def _paths(notebook: Notebook) -> Iterator[tuple[str, Note]]:
    """Every note with its place in the archive: a folder for each notebook, in the order of the pages."""
    folders = {notebook.pk: Names()}
    places = {notebook.pk: Names().one(notebook.title)}
    inner = Notebook.objects.within(notebook).filter(deleted_at=None).exclude(pk=notebook.pk)
    # By depth: a folder's place begins with that of the one around it. Beside notes, which end in .md, it is unique.
    for nested in sorted(inner, key=lambda one: (one.depth, one.title, one.pk)):
        around = nested.parent_id
        if around in folders:
            folders[nested.pk] = Names()
            places[nested.pk] = f"{places[around]}/{folders[around].one(nested.title)}"
    for note in _notes_in(notebook).order_by("notebook__path", "position", "pk").iterator():
        if note.notebook_id in folders:
            yield f"{places[note.notebook_id]}/{folders[note.notebook_id].one(note.title, '.md')}", note


def _tell(export: Export, done: int) -> None:
    mine = Export.objects.filter(pk=export.pk, tries=export.tries)
    mine.update(done=done, total=export.total, lease_until=timezone.now() + LEASE)
    publish(ExportMoved(export.pk, export.requested_by_id))


def _fail(export: Export, problem: str) -> None:
    _end(export, state=Export.State.FAILED, problem=problem)


def _end(export: Export, **fields: object) -> None:
    # Not of a later try: ours took longer than its lease.
    Export.objects.filter(pk=export.pk, tries=export.tries).update(total=export.total, **fields)
    publish(ExportMoved(export.pk, export.requested_by_id))
