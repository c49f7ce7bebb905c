"""Log lines bear the ids of what they belong to, across doors, threads and processes."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest

from core.background.tests.test_workers import worker
from core.tests.browser.hands import begin
from core.tests.servers import ADA, BEN, Serve, Server
from core.tests.services import Postgres, free_port, wait_until
from realtime import protocol
from realtime.tests.wire import Wire, frame
from realtime.tests.writers import Writer


def lines(log: str, **like: Any) -> list[dict[str, Any]]:
    """The lines of which all this is true."""
    said = [json.loads(line) for line in log.splitlines() if line.startswith("{") and line.endswith("}")]
    return [line for line in said if like.items() <= line.items()]


def answered(server: Server, path: str) -> dict[str, Any]:
    wait_until(lambda: bool(lines(server.log, event="answered", path=path)), f"{path} is in the log")
    return lines(server.log, event="answered", path=path)[-1]


def test_a_request_names_whoever_was_looked_up_for_it(serve: Serve) -> None:
    server = serve(LOG_FORMAT="json", LOG_LEVEL="DEBUG")
    server.get("/", ADA)
    home = answered(server, "/")
    assert (home["method"], home["status"]) == ("GET", 200)
    assert isinstance(home["user"], int)
    assert len(home["request"]) == 16
    server.get("/robots.txt", ADA)
    assert "user" not in answered(server, "/robots.txt"), "nobody needed to know who asks"


def test_a_connection_that_is_closed_names_itself_its_user_and_its_note(serve: Serve) -> None:
    server = serve(LOG_FORMAT="json")
    with Wire(server, BEN, begin(server).note) as wire:
        wire.send(frame(b"no frame"))
        wire.hears("closing")
    wait_until(lambda: bool(lines(server.log, event="closed")), "it is closed")
    (line,) = lines(server.log, event="closed", code="bad-frame")
    assert len(line["socket"]) == 16
    assert isinstance(line["user"], int)
    assert isinstance(line["note"], int)


def call(server: Server, note: str, body: bytes = b"") -> None:
    """Ben speaks by a plain request."""
    headers = {"Cookie": server.cookie(BEN), "Origin": server.url, "Content-Type": "application/octet-stream"}
    address = f"{server.url}/sync{note.rstrip('/')}?line={'a' * 16}"
    urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=20).close()


def test_a_plain_request_is_told_its_id_and_logs_under_it(serve: Serve) -> None:
    server = serve(LOG_FORMAT="json")
    with pytest.raises(urllib.error.HTTPError) as refused:
        call(server, begin(server).note, b"\x05no frame")
    (line,) = lines(server.log, event="closed", request=refused.value.headers["X-Request-ID"])
    assert line["code"] == "bad-frame"


def test_what_the_server_does_by_itself_is_nobodys(serve: Serve) -> None:
    """Its loops begin in the middle of somebody's request."""
    server = serve(LOG_FORMAT="json", LOG_LEVEL="DEBUG")
    note = begin(server).note
    call(server, note)
    with Wire(server, BEN, note) as wire:
        wire.hears("step 1")
        wire.send(frame(protocol.update(Writer(1_000).append("one"))))
        wire.hears("stored")
    (line,) = lines(server.log, logger="realtime.flusher")
    assert {"note", "flush"} <= line.keys()
    assert not {"request", "socket", "user"} & line.keys()


def ask_for_a_new_password(server: Server) -> str:
    """The id of the request."""
    page = f"{server.url}/accounts/password/reset/"
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token_of(server), "email": ADA}).encode()
    headers = {"Cookie": server.cookie(BEN), "Referer": page}
    before = len(lines(server.log, event="answered", method="POST"))
    urllib.request.urlopen(urllib.request.Request(page, form, headers), timeout=20).close()
    wait_until(lambda: len(lines(server.log, event="answered", method="POST")) > before, "it is answered")
    return str(lines(server.log, event="answered", method="POST")[-1]["request"])


def token_of(server: Server) -> str:
    cookies = dict(pair.split("=", 1) for pair in server.cookie(BEN).split("; "))
    return cookies["csrftoken"]


def tried(log: str, request: str) -> list[dict[str, Any]]:
    return lines(log, logger="core.background.mail", request=request)


def test_a_task_logs_with_the_ids_of_the_request_that_asked_for_it(serve: Serve) -> None:
    server = serve(LOG_FORMAT="json", EMAIL_URL=f"smtp://127.0.0.1:{free_port()}")
    request = ask_for_a_new_password(server)
    wait_until(lambda: bool(tried(server.log, request)), "the mail was tried")
    line = tried(server.log, request)[0]
    assert line["task_name"] == "core.background.tasks.deliver_mail"
    assert len(line["task"]) == 36


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.slow
def test_and_so_does_one_in_another_process(serve: Serve, postgres: Postgres, redis_url: str) -> None:
    mail = f"smtp://127.0.0.1:{free_port()}"
    server = serve(postgres=postgres, redis_url=redis_url, LOG_FORMAT="json", EMAIL_URL=mail)
    log = server.data_dir / "celery-worker.log"
    with worker(server):
        request = ask_for_a_new_password(server)
        wait_until(lambda: log.exists() and bool(tried(log.read_text(), request)), "the mail was tried", 60)
