"""Traces by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT is set and its packages are installed.

Without (settings.TRACING is False) nothing of this is imported: no middleware, no wrapper around statements, no other
storage for rooms. With it there is a span for each request, statement, call of Redis and task, and one for each flush
(realtime/tracing.py). Spans bear the ids of log lines and, like them, no words and no keys; log lines bear the trace.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanContext, SpanKind, Status

from core.lib import correlation, redaction
from core.lib.version import VERSION

NAME = "commonplace"

type GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


def begin() -> None:
    """Once in a process. Everything else is in OpenTelemetry's own variables."""
    ours = Resource({"service.name": NAME, "service.version": VERSION})
    provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()))
    provider.sampler = Caused(provider.sampler)
    provider.add_span_processor(Named())
    provider.add_span_processor(BatchSpanProcessor(Discreet(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    correlation.add_source(_trace)
    connection_created.connect(_watch_statements, dispatch_uid="watch_statements")
    RedisInstrumentor().instrument()
    CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]  # it has types, but this


def _trace() -> dict[str, str]:
    context = trace.get_current_span().get_span_context()
    return {"trace": f"{context.trace_id:032x}"} if context.is_valid else {}


# --- Requests and statements -------------------------------------------------------------------------------------


class RequestSpans:
    """Middleware, around all other: what they log bears the trace."""

    async_capable = True
    sync_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._tracer = trace.get_tracer(NAME)
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._call_async(request)
        with self._span(request) as span:
            response = self.get_response(request)
            assert isinstance(response, HttpResponseBase)
            return _finished(span, request, response)

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        with self._span(request) as span:
            response = self.get_response(request)
            assert not isinstance(response, HttpResponseBase)
            return _finished(span, request, await response)

    def _span(self, request: HttpRequest) -> Any:
        method = request.method or ""
        about = {"http.request.method": method, "url.path": request.path}
        return self._tracer.start_as_current_span(method, Context(), SpanKind.SERVER, about, _asked_by(request))


def _asked_by(request: HttpRequest) -> list[Link]:
    """The span of a client, or of the proxy, that asked. Never the parent: proxies pass on what strangers send, and a
    parent says which trace this is, and whether it is kept.
    """
    if not settings.BEHIND_PROXY:
        return []
    theirs = trace.get_current_span(propagate.extract(request.headers, Context())).get_span_context()
    # Without its `tracestate`, which can be any words.
    return [Link(SpanContext(theirs.trace_id, theirs.span_id, is_remote=True))] if theirs.is_valid else []


def _finished(span: Any, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    _name(span)  # only now it is known who asked
    if request.resolver_match is not None:
        span.update_name(f"{request.method} /{request.resolver_match.route}")
        span.set_attribute("http.route", f"/{request.resolver_match.route}")
    span.set_attribute("http.response.status_code", response.status_code)
    if response.status_code >= 500:
        span.set_status(Status(trace.StatusCode.ERROR))
    return response


def _watch_statements(connection: Any, **_: object) -> None:
    if _in_span not in connection.execute_wrappers:
        connection.execute_wrappers.append(_in_span)


def _in_span(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    about = {"db.system.name": context["connection"].vendor, "db.query.text": sql}
    name = sql.split(maxsplit=1)[0] if sql else "statement"
    with trace.get_tracer(NAME).start_as_current_span(name, kind=SpanKind.CLIENT, attributes=about):
        return execute(sql, params, many, context)


# --- What is kept, and how it leaves -----------------------------------------------------------------------------


class Caused(Sampler):
    """Leaves out what nothing led to: the patrols and heartbeats of a process, which ask all day."""

    def __init__(self, otherwise: Sampler) -> None:
        self._otherwise = otherwise

    def should_sample(
        self, parent_context: Any, trace_id: int, name: str, kind: Any = None, *more: Any, **also: Any
    ) -> Any:
        if kind is SpanKind.CLIENT and not trace.get_current_span(parent_context).get_span_context().is_valid:
            return SamplingResult(Decision.DROP)
        return self._otherwise.should_sample(parent_context, trace_id, name, kind, *more, **also)

    def get_description(self) -> str:
        return f"Caused({self._otherwise.get_description()})"


class Named(SpanProcessor):
    """Spans bear the ids of log lines."""

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        _name(span)


def _name(span: Any) -> None:
    for name, value in correlation.current().items():
        if name != "trace":
            span.set_attribute(f"{NAME}.{name}", value)


class Discreet(SpanExporter):
    """Masks what leaves, as log lines are masked."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_masked(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _masked(span: ReadableSpan) -> ReadableSpan:
    said = span.status.description
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=redaction.masked(dict(span.attributes or {})),
        events=[_masked_event(event) for event in span.events],
        links=span.links,
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code, redaction.words_of(said) if said else None),
        start_time=span.start_time,
        end_time=span.end_time,
    )


def _masked_event(event: Event) -> Event:
    """An exception comes without its traceback: Python writes messages into that, of all that led to it."""
    about = {name: value for name, value in (event.attributes or {}).items() if name != "exception.stacktrace"}
    return Event(event.name, redaction.masked(about), event.timestamp)
