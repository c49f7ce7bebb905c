"""The page of the rooms that are open now. To see it anew, load it anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from notes.models import Note
from realtime import census
from realtime.census import OpenRoom, Report

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite


@dataclass(frozen=True, slots=True)
class Row:
    room: OpenRoom
    note: Note | None  # None: it was removed from the database under the room


def may_see(request: HttpRequest) -> bool:
    """It tells who has which note open, as the lists of notes tell who wrote it."""
    return bool(request.user.is_active and request.user.has_perm("notes.view_note"))


def page(site: "AdminSite") -> Callable[[HttpRequest], HttpResponse]:
    def show(request: HttpRequest) -> HttpResponse:
        if not may_see(request):
            raise PermissionDenied
        context = {**site.each_context(request), "title": "Open rooms", "processes": _processes(census.take())}
        return TemplateResponse(request, "admin/rooms.html", context)

    return show


def _processes(reports: list[Report]) -> list[tuple[Report, list[Row]]]:
    keys = {room.note_id for report in reports for room in report.rooms}
    notes = Note.objects.select_related("notebook").defer("excerpt").in_bulk(keys)
    return [(report, [Row(room, notes.get(room.note_id)) for room in report.rooms]) for report in reports]
