"""Workers as they run: in threads of the server, and as processes that may be killed."""

import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from redis import Redis as Client

from core.lib.env import BASE_DIR
from core.tests.browser.hands import Hand
from core.tests.servers import ADA, Serve, Server
from core.tests.services import Postgres, Redis, children_of, is_running, wait_until

PATIENCE = 90.0  # a lease runs out, and then a sweep comes by


def ask_for_export(server: Server, notebook: str) -> str:
    """The path of the export's page."""
    return Hand(server, ADA).post(f"{notebook}export")[0]


def notebook_of(server: Server) -> str:
    found = re.search(r'href="(/notebooks/[a-z0-9]{16}/)"', server.get("/", ADA)[1])
    assert found
    return str(found[1])


def is_ready(server: Server, export: str) -> Callable[[], bool]:
    return lambda: f"{export}file" in server.get(export, ADA)[1]


@contextmanager
def celery(server: Server, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Celery beside the server, in a group of its own."""
    words = [sys.executable, "-m", "celery", "--app", "core", "--quiet", *command]
    with (server.data_dir / f"celery-{command[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            words, cwd=BASE_DIR, env=server.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def worker(server: Server) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return celery(server, "worker", "--concurrency", "1")


def test_the_server_does_it_by_itself(serve: Serve) -> None:
    server = serve()
    export = ask_for_export(server, notebook_of(server))
    wait_until(is_ready(server, export), "the export is ready", PATIENCE)
    assert server.stop() == 0
    assert "Traceback" not in server.log


def test_mail_is_sent_by_the_server_by_itself(serve: Serve) -> None:
    server = serve(EMAIL_VERIFICATION="optional")
    page = f"{server.url}/accounts/password/reset/"
    with urllib.request.urlopen(page, timeout=20) as answer:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
        cookie = answer.headers["Set-Cookie"].split(";")[0]
    assert token
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "email": ADA}).encode()
    urllib.request.urlopen(urllib.request.Request(page, form, {"Cookie": cookie, "Referer": page}), timeout=20).close()
    wait_until(lambda: "/accounts/password/reset/key/" in server.log, "the message is sent", PATIENCE)


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_worker_that_is_killed_loses_nothing(serve: Serve, postgres: Postgres, redis_url: str) -> None:
    server = serve(postgres=postgres, redis_url=redis_url)
    notebook = notebook_of(server)
    with celery(server, "beat"):
        with worker(server) as first:
            wait_until(lambda: bool(children_of(first.pid)), "the worker has begun")
            os.kill(children_of(first.pid)[0], signal.SIGSTOP)
            exports = [ask_for_export(server, notebook)]
            taken = Client.from_url(redis_url)
            wait_until(lambda: taken.hlen("unacked") == 1, "the worker has taken it")
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        exports.append(ask_for_export(server, notebook))
        assert len(set(exports)) == 1, "who asks while one is being made is given that one"
        with worker(server):
            wait_until(is_ready(server, exports[0]), "another has made it", PATIENCE)


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_queue_that_is_lost_loses_nothing(
    serve: Serve, postgres: Postgres, redis_url: str, redis_server: Redis
) -> None:
    server = serve(postgres=postgres, redis_url=redis_url)
    export = ask_for_export(server, notebook_of(server))
    redis_server.clear()
    with celery(server, "beat"), worker(server) as process:
        wait_until(is_ready(server, export), "the sweep has found it", PATIENCE)
        child = children_of(process.pid)[0]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not is_running(child)
    assert "Traceback" not in Path(server.data_dir / "celery-worker.log").read_text()
