"""With SENTRY_DSN, what goes wrong in a page, a socket, a flush or a task is reported, with ids and nobody's words."""

import gzip
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core.lib.env import BASE_DIR
from core.lib.version import VERSION
from core.tests.browser.hands import Hand, begin
from core.tests.sabotage import Sabotage
from core.tests.servers import BEN, Serve, Server, clean_environment
from core.tests.services import Postgres, wait_until
from realtime import protocol
from realtime.tests.wire import Wire, frame
from realtime.tests.writers import Writer

WORD, TITLE, TOKEN = "zanzibarquince", "periwinklegoose", "nVq3of-the-tests1xGd"


class Reports:
    """Listens where Sentry would."""

    def __init__(self, port: int) -> None:
        self.dsn = f"http://of-the-tests@127.0.0.1:{port}/7"
        self.events: list[dict[str, Any]] = []
        self.raw = ""

    def take(self, envelope: str) -> None:
        self.raw += envelope
        _, *parts = envelope.splitlines()
        for header, payload in zip(parts[::2], parts[1::2], strict=False):
            if json.loads(header)["type"] == "event":
                self.events.append(json.loads(payload))

    def like(self, words: str, **tags: str) -> list[dict[str, Any]]:
        """Those that say this, and bear these tags."""
        return [each for each in self.events if words in json.dumps(each) and tags.items() <= each["tags"].items()]

    def wait_for(self, words: str, **tags: str) -> dict[str, Any]:
        wait_until(lambda: bool(self.like(words, **tags)), f"a report of {words}", 60)
        return self.like(words, **tags)[0]


@pytest.fixture
def reports() -> Iterator[Reports]:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.take((gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    heard = Reports(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield heard
    server.shutdown()
    server.server_close()


def types_in_vain(server: Server, note: str) -> None:
    with Wire(server, BEN, note) as wire:
        wire.hears("step 1")
        wire.send(frame(protocol.update(Writer(1_000).append(WORD))))
        wire.hears("trouble")


def renames_in_vain(server: Server, note: str) -> str:
    """The id of the request."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        Hand(server, BEN).post(f"{note}rename", title=f"{TITLE}s")
    assert refused.value.code == 500
    return str(refused.value.headers["X-Request-ID"])


def everything(server: Server, reports: Reports) -> None:
    note = begin(server, TITLE).note
    sabotage = Sabotage(server)
    sabotage.refuse("notes_noteupdate")
    types_in_vain(server, note)
    flush = reports.wait_for("rooms could not be saved")
    assert flush["tags"]["flush"]
    assert flush["logger"] == "realtime.flusher"
    sabotage.refuse("notes_note", "UPDATE")
    request = renames_in_vain(server, note)
    page = reports.wait_for("IntegrityError", request=request)
    assert isinstance(page["user"]["id"], int)
    assert page["request"]["url"].endswith("/rename")
    assert not page["request"].get("data"), page["request"]
    assert page["transaction"] == "/notes/{note_id}/rename"
    sabotage.hide("notes_export")
    task = reports.wait_for("notes_export", task_name="notes.tasks.resume_exports")
    assert len(task["tags"]["task"]) == 36
    sabotage.hide("notes_notebook")
    with Wire(server, BEN, note) as wire:
        wire.hears("closing")
    socket = reports.wait_for("could not open a note")
    assert socket["logentry"]["message"] == "could not open a note"
    assert len(socket["tags"]["socket"]) == 16
    assert socket["exception"]["values"][-1]["type"] in {"OperationalError", "ProgrammingError"}
    server.stop()
    for event in reports.events:
        assert event["release"] == f"commonplace@{VERSION}"
        assert event["environment"] == "of-the-tests"
        assert "vars" not in json.dumps(event)
    secrets = [WORD, TITLE, WORD.encode().hex(), BEN, server.cookie(BEN).split("sessionid=")[1].split(";")[0]]
    assert [secret for secret in secrets if secret in reports.raw] == []
    assert '"type":"transaction"' not in reports.raw, "traces are off"


@pytest.mark.slow
def test_where_somebody_came_from_is_told_without_the_invitation(serve: Serve, reports: Reports) -> None:
    server = serve(SENTRY_DSN=reports.dsn)
    before = f"{server.url}/accounts/signup/?next=%2Finvitations%2F{TOKEN}"
    headers = {"Cookie": server.cookie(BEN), "Referer": before, "HX-Request": "true", "HX-Current-URL": before}
    Sabotage(server).hide("notes_notebook")
    with pytest.raises(urllib.error.HTTPError, match="500"):
        urllib.request.urlopen(urllib.request.Request(f"{server.url}/", headers=headers), timeout=20)
    told = reports.wait_for("notes_notebook")["request"]["headers"]
    masked = before.replace(TOKEN, "***")
    assert (told["referer"], told["hx-current-url"]) == (masked, masked)
    assert TOKEN not in reports.raw


@pytest.mark.slow
def test_on_sqlite(serve: Serve, reports: Reports) -> None:
    everything(serve(SENTRY_DSN=reports.dsn, SENTRY_ENVIRONMENT="of-the-tests"), reports)


@pytest.mark.slow
@pytest.mark.postgres
def test_on_postgres(serve: Serve, reports: Reports, postgres: Postgres) -> None:
    server = serve(postgres=postgres, SENTRY_DSN=reports.dsn, SENTRY_ENVIRONMENT="of-the-tests")
    everything(server, reports)


def python(program: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"import sys, django; django.setup(); {program}"]
    environment = {**clean_environment(), "SECRET_KEY": "of-the-tests-" * 4, **settings}
    return subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)


def test_without_it_nothing_of_it_is_loaded() -> None:
    program = "import core.asgi; print([name for name in sys.modules if name.startswith('sentry')])"
    assert python(program, EMBEDDED_TASKS="false").stdout.strip() == "[]"


def test_what_nobody_caught_is_reported_before_the_process_ends(reports: Reports) -> None:
    python("raise ValueError('the reason')", SENTRY_DSN=reports.dsn)
    (event,) = reports.events
    assert event["exception"]["values"][0]["value"] == "the reason"


def test_an_address_that_is_none_is_named() -> None:
    done = python("pass", SENTRY_DSN="https://nothing")
    assert "SENTRY_DSN is no address of a project in Sentry." in done.stderr


def test_the_version_is_that_of_the_project() -> None:
    assert f'version = "{VERSION}"' in (BASE_DIR / "pyproject.toml").read_text()
