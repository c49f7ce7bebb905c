"""The page of this instance's limits, and of how much of each is used now.

They are shown, not set: they guard a process against all of its visitors together, and are read once, when it starts.
One for a single person would have to be asked of the database wherever something is counted, also by what knows no
database; and most of them (a note's length, its members, a process's rooms) belong to no single person at all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core.admin import rooms
from realtime import census
from realtime.census import Report

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite

# Name of the setting, unit, what is counted; how much of it a process uses.
USED: list[tuple[str, str, str, Callable[[Report], int]]] = [
    ("NOTE_UNITS", "UTF-16 units", "the longest open note", lambda report: report.longest_units),
    ("MEMBERS_PER_NOTE", "connections", "the fullest note", lambda report: report.most_members),
    ("SOCKETS_PER_USER", "connections", "whoever has the most", lambda report: report.most_of_one_user),
    ("SOCKETS_PER_PROCESS", "connections", "the fullest process", lambda report: report.connections),
    ("ROOMS_PER_PROCESS", "open notes", "the fullest process", lambda report: report.open_rooms),
    ("SOCKET_BACKLOG_BYTES", "bytes", "the slowest client", lambda report: report.most_backlog),
]
# These are used up and filled again within seconds.
PACE = [
    ("FRAME_BYTES", "bytes a message"),
    ("FRAMES_PER_SECOND", "messages a second, of one connection"),
    ("FRAMES_BURST", "messages at once, of one connection"),
    ("USER_FRAMES_PER_SECOND", "messages a second, of one person"),
    ("USER_FRAMES_BURST", "messages at once, of one person"),
]


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    limit: int
    unit: str
    where: str = ""
    used: int | None = None

    @property
    def percent(self) -> int:
        return 100 * (self.used or 0) // max(self.limit, 1)


def page(site: "AdminSite") -> Callable[[HttpRequest], HttpResponse]:
    def show(request: HttpRequest) -> HttpResponse:
        if not rooms.may_see(request):
            raise PermissionDenied
        reports = census.take()
        context = {
            **site.each_context(request),
            "title": "Limits",
            "lines": [*_used(reports), *(Line(name, getattr(settings, name), unit) for name, unit in PACE)],
            "processes": len(reports),
        }
        return TemplateResponse(request, "admin/limits.html", context)

    return show


def _used(reports: list[Report]) -> Iterable[Line]:
    for name, unit, where, used in USED:
        yield Line(name, getattr(settings, name), unit, where, max(map(used, reports), default=0))
