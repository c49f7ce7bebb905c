"""What happens to every request before Django's own middleware, and, where we develop, after it."""

from collections.abc import Awaitable, Callable

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from core import views
from core.lib.doors import Door, through
from core.lib.ids import new_public_id

type GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class RequestIdMiddleware:
    """Gives each request an id, binds it to the log lines, and returns it as X-Request-ID.

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
        request_id = self._begin(request)
        with through(Door.PAGE):
            response = self.get_response(request)
        assert isinstance(response, HttpResponseBase)  # a file is streamed: no HttpResponse
        response["X-Request-ID"] = request_id
        return response

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        request_id = self._begin(request)
        with through(Door.PAGE):
            response = self.get_response(request)
            assert not isinstance(response, HttpResponseBase)
            answer = await response
        answer["X-Request-ID"] = request_id
        return answer

    def _begin(self, request: HttpRequest) -> str:
        # Never a client's own X-Request-ID: it would let a stranger forge log lines.
        request_id = new_public_id()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        request.id = request_id  # type: ignore[attr-defined]  # shown on the error pages
        return request_id


class NotFoundMiddleware(MiddlewareMixin):
    """Only where DEBUG is on: Django's own page would show every route of the house. The traceback of a 500 stays."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return views.not_found(request) if response.status_code == 404 else response
