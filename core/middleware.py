"""What happens to every request before Django's own middleware, and, where we develop, after it."""

import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from weakref import ReferenceType, ref

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from core import views
from core.lib import correlation
from core.lib.doors import Door, through
from core.lib.ids import new_public_id

logger = structlog.get_logger(__name__)

# Asked for all day long by machines, or beside a page.
QUIET = ("/healthz", "/readyz", "/metrics", "/static/", "/favicon.ico")

type GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class RequestIdMiddleware:
    """Gives each request an id, binds it to the log lines, and returns it as X-Request-ID. Says what was answered.

    What is done meanwhile was done by a page: see core.lib.doors.
    """

    async_capable = True
    sync_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._call_async(request)
        begun = _begin(request)
        with through(Door.PAGE):
            response = self.get_response(request)
        assert isinstance(response, HttpResponseBase)  # a file is streamed: no HttpResponse
        return _end(request, response, begun)

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        begun = _begin(request)
        with through(Door.PAGE):
            response = self.get_response(request)
            assert not isinstance(response, HttpResponseBase)
            answer = await response
        return _end(request, answer, begun)


def _begin(request: HttpRequest) -> float:
    # Never a client's own X-Request-ID: it would let a stranger forge log lines.
    request_id = new_public_id()
    # Weakly: work that a request leaves behind keeps its ids, and would keep the request.
    correlation.begin(request=request_id, user=partial(_user_of, ref(request)))
    request.id = request_id  # type: ignore[attr-defined]  # shown on the error pages
    return time.monotonic()


def _user_of(request: ReferenceType[HttpRequest]) -> int | None:
    """Whoever is signed in, if that was looked up for other reasons: a log line reads no session."""
    user: Any = getattr(request(), "_cached_user", None)
    return user.pk if user is not None else None


def _end(request: HttpRequest, response: HttpResponseBase, begun: float) -> HttpResponseBase:
    request_id: str = request.id  # type: ignore[attr-defined]  # given where the request began
    response["X-Request-ID"] = request_id
    level = logging.DEBUG if request.path.startswith(QUIET) else logging.INFO
    took = round((time.monotonic() - begun) * 1000, 1)
    logger.log(level, "answered", method=request.method, path=request.path, status=response.status_code, ms=took)
    return response


class NotFoundMiddleware(MiddlewareMixin):
    """Only where DEBUG is on: Django's own page would show every route of the house. The traceback of a 500 stays."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return views.not_found(request) if response.status_code == 404 else response
