"""`manage.py serve`: what it prints, what it refuses, how it ends."""

import socket
import subprocess
import sys
from pathlib import Path

from core.lib.env import BASE_DIR
from core.tests.servers import ADA, BEN, PASSWORD, Serve, Server, clean_environment


def attempt(data_dir: Path, port: int) -> subprocess.CompletedProcess[str]:
    """A start that is expected to fail."""
    environment = {**clean_environment(), "DATA_DIR": str(data_dir), "PORT": str(port)}
    return subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_prints_the_address_and_the_demo_accounts(serve: Serve) -> None:
    server = serve()
    assert server.url in server.log
    for email in (ADA, BEN):
        assert email in server.log
    assert PASSWORD in server.log


def test_the_demo_accounts_can_sign_in(serve: Serve) -> None:
    server = serve()
    for email in (ADA, BEN):
        status, page = server.get("/", email)
        assert status == 200
        assert "Start here" in page


def test_a_second_process_on_the_same_folder_is_refused_and_told_why(serve: Serve, unused_tcp_port: int) -> None:
    server = serve()
    second = attempt(server.data_dir, unused_tcp_port)
    assert second.returncode != 0
    assert f"already runs on {server.data_dir}" in second.stderr
    assert len(second.stderr.splitlines()) == 1


def test_a_taken_port_is_named_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = attempt(tmp_path, port)
    assert done.returncode != 0
    assert done.stderr.strip() == f"Port {port} is taken. Choose another: PORT={port + 1} make run"


def test_sigterm_ends_it_cleanly(serve: Serve) -> None:
    assert serve().stop() == 0


def test_sigterm_ends_it_although_a_browser_keeps_its_connection(serve: Serve) -> None:
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port)) as kept:
        kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert kept.recv(100).startswith(b"HTTP/1.1 200")
        assert server.stop() == 0
    assert "Traceback" not in server.log


def test_after_kill_9_it_starts_again_on_the_same_folder(serve: Serve) -> None:
    server: Server = serve()
    pid = server.process.pid if server.process else 0
    assert (server.data_dir / "commonplace.lock").read_text().strip() == str(pid)
    server.kill()
    server.start()
    assert server.get("/", ADA)[0] == 200


def test_it_runs_on_the_faster_event_loop(serve: Serve) -> None:
    server = serve()
    assert server.process is not None
    assert "uvloop" in Path(f"/proc/{server.process.pid}/maps").read_text()
