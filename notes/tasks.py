"""Background work on notes and notebooks. What each does stands in the services; when, in core/celery.py."""

from django.conf import settings

from core.lib import tasks
from notes.models import Export
from notes.services import exports, segments


@tasks.task
def make_export(pk: int) -> None:
    exports.make(pk)


@tasks.sweep
def resume_exports() -> None:
    """What nobody was asked to make, and what a worker left half-made."""
    for pk in Export.objects.due().values_list("pk", flat=True):
        tasks.go_on()
        exports.make(pk)


@tasks.sweep
def expire_exports() -> None:
    exports.expire()


@tasks.sweep
def pack_history() -> None:
    """Beside the servers, which do it too: whoever comes first. A server's own thread would hold its interpreter."""
    if settings.EMBEDDED_TASKS:
        return
    after: int | None = 0
    while after is not None:
        due, after = segments.due(after)
        for note_id in due:
            for _ in segments.pack_note(note_id):
                tasks.go_on()
