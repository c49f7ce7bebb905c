"""With OpenTelemetry, what a request, a keystroke and a task lead to can be followed. Without, nothing breaks."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from core.background.tests.test_workers import ask_for_export
from core.tests.browser.hands import EDITOR, Hand, begin
from core.tests.sabotage import Sabotage
from core.tests.servers import ADA, BEN, Serve, Server
from core.tests.services import free_port, wait_until
from realtime import protocol
from realtime.tests.wire import Wire, frame
from realtime.tests.writers import Writer

WORD, TITLE = "zanzibarquince", "periwinklegoose"


class Collector:
    """Listens where traces are collected."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.raw = b""

    def take(self, body: bytes) -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        self.raw += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]

    def wait_for(self, name: str) -> Any:
        wait_until(lambda: bool(self.named(name)), f"a span {name}, beside {sorted({s.name for s in self.spans})}")
        return self.named(name)[-1]


@pytest.fixture
def collector() -> Iterator[tuple[Collector, str]]:
    """And where it is."""
    found = Collector()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def attributes(span: Any) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def writes(server: Server, note: str) -> None:
    with Wire(server, BEN, note) as wire:
        wire.hears("step 1")
        wire.send(frame(protocol.update(Writer(1_000).append(WORD))))
        wire.hears("stored")


@pytest.mark.slow
def test_what_leads_to_what_can_be_followed(serve: Serve, collector: tuple[Collector, str]) -> None:
    spans, address = collector
    server = serve(OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_BSP_SCHEDULE_DELAY="100", LOG_FORMAT="json")
    place = begin(server, TITLE)
    token = Hand(server, ADA).invite(place.notebook, EDITOR)
    server.get(token)
    ask_for_export(server, place.notebook)
    writes(server, place.note)

    page = spans.wait_for("GET /invitations/<str:token>")
    assert attributes(page)["url.path"] == "/invitations/***"
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    (said,) = (line for line in lines if line["event"] == "answered" and line.get("trace") == page.trace_id.hex())
    assert said["path"] == "/invitations/***"
    assert said["request"] == attributes(page)["commonplace.request"]
    assert [each for each in spans.spans if each.parent_span_id == page.span_id and each.name == "SELECT"]

    asked = spans.wait_for("POST /notebooks/<str:notebook_id>/export")
    assert spans.wait_for("run/notes.tasks.make_export").trace_id == asked.trace_id

    opening, flush, summary = (spans.wait_for(name) for name in ("open note", "flush", "summary"))
    assert [link.span_id for link in flush.links] == [opening.span_id]
    assert [link.span_id for link in summary.links] == [flush.span_id]
    assert attributes(flush)["commonplace.flush"] == attributes(summary)["commonplace.flush"]

    Sabotage(server).refuse("notes_note", "UPDATE")
    with pytest.raises(OSError, match="500"):
        Hand(server, BEN).post(f"{place.note}rename", title=f"{TITLE}s")
    broken = spans.wait_for("POST /notes/<str:note_id>/rename")
    assert broken.status.code == 2
    assert server.stop() == 0
    for secret in (WORD, TITLE, token.rsplit("/", 1)[-1], "Traceback", BEN):
        assert secret.encode() not in spans.raw, secret


@pytest.mark.slow
@pytest.mark.parametrize("behind_proxy", ["true", "false"])
def test_a_stranger_names_no_trace_and_decides_not_what_is_kept(
    serve: Serve, collector: tuple[Collector, str], behind_proxy: str
) -> None:
    spans, address = collector
    server = serve(
        OTEL_EXPORTER_OTLP_ENDPOINT=address,
        OTEL_BSP_SCHEDULE_DELAY="100",
        LOG_FORMAT="json",
        BEHIND_PROXY=behind_proxy,
    )
    trace, span = "5a" * 16, "c3" * 8
    unwanted = {"traceparent": f"00-{trace}-{span}-00", "tracestate": f"vendor={WORD}"}  # "do not keep this"
    with urllib.request.urlopen(urllib.request.Request(f"{server.url}/accounts/login/", headers=unwanted)) as answer:
        request = answer.headers["X-Request-ID"]

    page = spans.wait_for("GET /accounts/login/")
    assert page.parent_span_id == b""
    assert page.trace_id.hex() != trace
    links = [(link.trace_id.hex(), link.span_id.hex()) for link in page.links]
    assert links == ([(trace, span)] if behind_proxy == "true" else [])
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    assert {line["trace"] for line in lines if line.get("request") == request} == {page.trace_id.hex()}
    assert server.stop() == 0
    assert WORD.encode() not in spans.raw


def test_without_its_packages_it_serves_and_says_what_is_missing(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "opentelemetry").mkdir()
    (tmp_path / "opentelemetry" / "__init__.py").touch()  # stands before the real one, and has none of its parts
    server = serve(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}", PYTHONPATH=str(tmp_path))
    writes(server, begin(server).note)
    assert "OpenTelemetry is not installed" in server.log
    assert "Traceback" not in server.log
