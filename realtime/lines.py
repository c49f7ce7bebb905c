"""The lines of the feed as sockets need them: rendered with the template of the pages, in order of their cursors."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from notes.models import Activity, Notebook
from notes.views.lines import line_html
from notes.views.reading import FEED_ROWS, feed_page
from realtime import fragments
from realtime.listening import Scope

LINES_AT_ONCE = 200
MISSED_AT_MOST = 100


type Wanted = Callable[[Collection[int], int | None, int | None], bool]  # path, note, actor


@dataclass(frozen=True, slots=True)
class Line:
    """An activity as it was at `cursor`. A later line with the same `activity_id` takes its place."""

    activity_id: int
    cursor: int
    path: tuple[int, ...]  # its notebook and those around it
    note_id: int | None
    actor_id: int | None
    html: SafeString

    @property
    def place(self) -> str:
        return f"#activity-{self.activity_id}"

    def in_place(self) -> str:
        return fragments.piece(self.place, "outerMorph", self.html)

    def on_top(self) -> str:
        """Also takes it away from where it may stand further down."""
        return fragments.piece(self.place, "delete") + fragments.piece("#feed", "afterbegin", self.html)


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a socket's feed begins: which lines the page shows, and what it missed since it was made."""

    shown: tuple[int, ...]  # activity ids, newest first
    missed: tuple[Line, ...]  # oldest first
    anew: str = ""  # with too much missed: the whole feed, newest lines
    cursor: int = 0  # everything up to here is in it


def newest_cursor() -> int:
    return Activity.objects.aggregate(newest=Max("cursor"))["newest"] or 0


@dataclass(frozen=True, slots=True)
class News:
    lines: tuple[Line, ...]
    cursor: int  # up to here everything was looked at
    more: bool


def lines_after(cursor: int, wanted: Wanted) -> News:
    """Looks at the next LINES_AT_ONCE lines, and renders those that somebody wants."""
    rows = list(_whole(Activity.objects.filter(cursor__gt=cursor)).order_by("cursor")[:LINES_AT_ONCE])
    alive = (row for row in rows if row.notebook.deleted_at is None)
    lines = tuple(_line(row) for row in alive if wanted(row.notebook.ancestor_ids, row.note_id, row.actor_id))
    return News(lines, rows[-1].cursor if rows else cursor, len(rows) == LINES_AT_ONCE)


def beginning(scope: Scope, after: int | None, topic: str) -> Beginning:
    """What a socket needs that has seen everything up to `after`; with None it starts with what comes from now on."""
    if after is None:
        return Beginning((), (), cursor=newest_cursor())
    rows = _rows_of(scope)
    missed = list(_whole(rows.filter(cursor__gt=after)).order_by("cursor")[: MISSED_AT_MOST + 1])
    if len(missed) > MISSED_AT_MOST:
        page = feed_page(rows)
        shown = tuple(row.pk for row in page["activities"])
        html = render_to_string("notes/components/feed.html#rows", {"topic": topic, **page})
        return Beginning(shown, (), fragments.piece("#feed", "innerMorph", html), page["after"])
    seen = rows.filter(cursor__lte=after).order_by("-cursor").values_list("pk", flat=True)[:FEED_ROWS]
    cursor = missed[-1].cursor if missed else min(after, newest_cursor())
    return Beginning(tuple(seen), tuple(map(_line, missed)), cursor=cursor)


def _rows_of(scope: Scope) -> Any:
    rows = Activity.objects.filter(notebook__in=_notebooks_of(scope))
    if scope.home:
        return rows
    inside = Q(note__in=scope.notes)
    for notebook in Notebook.objects.filter(pk__in=scope.notebooks):
        inside |= Q(notebook__path__startswith=notebook.path)
    return rows.filter(inside)


def _notebooks_of(scope: Scope) -> Any:
    return Notebook.objects.visible_to(scope.user)


def _whole(rows: Any) -> Any:
    return rows.select_related("actor", "note", "notebook")


def _line(row: Activity) -> Line:
    return Line(
        activity_id=row.pk,
        cursor=row.cursor,
        path=tuple(row.notebook.ancestor_ids),
        note_id=row.note_id,
        actor_id=row.actor_id,
        html=line_html(row),
    )
