"""Lines of the feed as they stand on pages: made once for all who read the same."""

from typing import Any

from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from core.lib.caching import digest
from notes import caching
from notes.models import Activity

TEMPLATE = "notes/components/activity.html"
TEMPLATES = (TEMPLATE, "notes/components/activity_note.html", "notes/components/activity_notebook.html")


def line_html(activity: Activity, reader: Any = None) -> SafeString:
    """One line. Only who did it themselves reads another one: "You"."""
    return _line(activity, reader, _around())


def feed_html(activities: list[Activity], reader: Any) -> SafeString:
    """The lines of a page."""
    around = _around()
    return SafeString("\n".join(_line(activity, reader, around) for activity in activities))


def _line(activity: Activity, reader: Any, around: str) -> SafeString:
    yours = reader is not None and activity.actor_id is not None and activity.actor_id == reader.pk

    def make() -> SafeString:
        shown = {"activity": activity, "user": reader if yours else None}
        return SafeString(get_template(TEMPLATE).render(shown).strip())

    return caching.lines.get(digest(around, yours, _shown(activity)), make)


def _shown(activity: Activity) -> tuple[object, ...]:
    """Everything that the templates look at: what is forgotten here stays on pages as it was."""
    actor, note, notebook = activity.actor, activity.note, activity.notebook
    return (
        (activity.pk, activity.cursor, activity.verb, activity.changed_at, activity.data),
        actor and (actor.public_id, str(actor), actor.initials, actor.colour),
        note and (note.public_id, note.title, bool(note.deleted_at)),
        (notebook.public_id, notebook.title, bool(notebook.deleted_at)),
    )


def _around() -> str:
    """What is the same for all lines: the templates as they are loaded, which in development change while the server
    runs, and the day and the zone, which times are said by.
    """
    sources = [get_template(name).template.source for name in TEMPLATES]  # type: ignore[attr-defined]  # Django's own
    return digest(sources, timezone.localdate().isoformat(), timezone.get_current_timezone_name())
