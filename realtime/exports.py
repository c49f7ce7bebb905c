"""How far an export is, on the page of whoever asked for it."""

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from notes.events import ExportMoved, subscribe
from notes.models import Export
from realtime import fragments, topics

if TYPE_CHECKING:
    from realtime.feed import Feed, Listener

TOPIC = "exports"  # {"export": primary key, "user": primary key}


def connect() -> None:
    """Called once, when Django is ready."""
    subscribe(ExportMoved, lambda event: topics.tell(TOPIC, {"export": event.export_id, "user": event.user_id}))


async def listen(feed: "Feed") -> None:
    def moved(message: dict[str, Any]) -> None:
        theirs = [listener for listener in feed.listeners if listener.rights.user.pk == message["user"]]
        if theirs:
            feed.spawn(_show(feed, theirs, message["export"]))

    await feed.registry.fanout.subscribe(TOPIC, moved)


async def _show(feed: "Feed", listeners: "list[Listener]", export_id: int) -> None:
    frame = await feed.registry.pools.read(_piece, export_id)
    for listener in listeners:
        if listener in feed.listeners and not listener.doubtful:
            listener.send(frame)


def _piece(export_id: int) -> bytes:
    export = Export.objects.select_related("notebook").defer("data").filter(pk=export_id).first()
    if export is None:
        return b""
    html = SafeString(render_to_string("notes/exports/show.html#progress", {"export": export}))
    return fragments.piece(f"#export-{export.public_id}", "outerMorph", html).encode()
