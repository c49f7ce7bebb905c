"""The real server for tests: `manage.py serve` in a process of its own, with a database of its own."""

import contextlib
import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from core.lib.env import BASE_DIR
from core.tests.services import Postgres, free_port, wait_until

PASSWORD = "paper-and-ink"  # of the demo accounts
ADA, BEN = "ada@example.org", "ben@example.org"


def clean_environment() -> dict[str, str]:
    """The environment without what this house reads, so that a developer's settings do not reach the tests."""
    names = set(re.findall(r'\("([A-Z_]+)"', (BASE_DIR / "core" / "settings.py").read_text()))
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return {**kept, "ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "core.settings", "DEMO_PASSWORD": PASSWORD}


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Runs a management command; returns what it printed, raises AssertionError with its errors."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


OURS = ("manage.py", "serve")
# Another server of ASGI, as somebody may run it: without our loop, our limits and our lane.
UVICORN = ("-m", "uvicorn", "core.asgi:application", "--host=127.0.0.1", "--port={port}", "--lifespan=off")


class Server:
    """One Commonplace process. `kill` and `start` again: same port, same database."""

    def __init__(self, environment: dict[str, str], data_dir: Path, under: Sequence[str] = OURS) -> None:
        self.port = free_port()
        self._command = [sys.executable, *(word.format(port=self.port) for word in under)]
        self.data_dir = data_dir
        self.environment = {**environment, "PORT": str(self.port), "DATA_DIR": str(data_dir)}
        self.log_path = data_dir / f"server-{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._cookies: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://localhost:{self.port}"

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def start(self) -> "Server":
        """Starts it and waits until /readyz says so."""
        assert self.process is None, "already started"
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(self._command, cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log)
        wait_until(self._ready_or_dead, "the server is ready", seconds=60)
        if self.process.poll() is not None:
            raise RuntimeError(f"The server ended at once:\n{self.log[-4000:]}")
        return self

    def kill(self) -> None:
        """kill -9: no clean-up of any kind."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """It is there and does nothing, as on a machine that hangs; `thaw` lets it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        return self._end(signal.SIGTERM)

    def restart(self) -> "Server":
        self.stop()
        return self.start()

    def move_database(self, port: int, to: int) -> "Server":
        """Restarts it with another way to its PostgreSQL; whoever asks for the database's address is told the old."""
        self.stop()
        direct = self.environment["DATABASE_URL"]
        self.environment["DATABASE_URL"] = direct.replace(f":{port}/", f":{to}/")
        try:
            return self.start()
        finally:
            self.environment["DATABASE_URL"] = direct

    def manage(self, *arguments: str) -> str:
        return manage(self.environment, *arguments)

    def get(self, path: str, email: str | None = None) -> tuple[int, str]:
        """Status and body of a page, as `email` sees it."""
        headers = {"Cookie": self.cookie(email)} if email else {}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def cookie(self, email: str, password: str = PASSWORD) -> str:
        """Signs in through the login page, once an address; returns the Cookie header."""
        if email not in self._cookies:
            jar = http.cookiejar.CookieJar()
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
            page = f"{self.url}/accounts/login/"
            html = browser.open(page, timeout=20).read().decode()
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
            assert token, "the login page has no CSRF token"
            form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
            request = urllib.request.Request(page, urllib.parse.urlencode(form).encode(), {"Referer": page})
            browser.open(request, timeout=20).read()
            cookies = {cookie.name: cookie.value for cookie in jar}
            assert "sessionid" in cookies, f"{email} could not sign in"
            self._cookies[email] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return self._cookies[email]

    def forget_cookies(self) -> None:
        """Nobody's session holds any more."""
        self._cookies.clear()

    def _ready_or_dead(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            return True
        with contextlib.suppress(OSError):
            return self.get("/readyz")[0] == 200
        return False

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        try:
            status = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process = None
        return status


class Servers:
    """Starts servers and cleans up after them. Each has a fresh copy of a database with the two demo accounts.

    `serve(beside=other)` starts a second process on the other's database (PostgreSQL and Redis).
    """

    def __init__(self, templates: "Templates") -> None:
        self._templates = templates
        self._servers: list[Server] = []
        self._folders: list[Path] = []
        self._databases: list[tuple[Postgres, str]] = []

    def serve(
        self,
        *,
        postgres: Postgres | None = None,
        redis_url: str = "",
        beside: Server | None = None,
        under: Sequence[str] = OURS,
        **settings: str,
    ) -> Server:
        folder = Path(tempfile.mkdtemp(prefix="commonplace-server-"))
        self._folders.append(folder)
        environment = {**clean_environment(), "SECRET_KEY": "of-the-tests-" * 4, **settings}
        if redis_url:
            environment["REDIS_URL"] = redis_url
        if beside:
            environment["DATABASE_URL"] = beside.environment["DATABASE_URL"]
        elif postgres:
            name = self._templates.on_postgres(postgres)
            self._databases.append((postgres, name))
            environment["DATABASE_URL"] = postgres.url_of(name)
        else:
            self._templates.on_sqlite(folder)
        server = Server(environment, folder, under)
        self._servers.append(server)
        return server.start()

    def close(self) -> None:
        for server in self._servers:
            server.stop()
        for postgres, name in self._databases:
            postgres.drop(name)
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)


class Templates:
    """Databases with all tables and the demo, made once a test run and then copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._postgres: str | None = None

    def on_sqlite(self, target: Path) -> None:
        if not (self._folder / "commonplace.sqlite3").exists():
            manage({**clean_environment(), "DATA_DIR": str(self._folder)}, "prepare", "--demo")
        shutil.copytree(self._folder, target, dirs_exist_ok=True)

    def on_postgres(self, postgres: Postgres) -> str:
        if self._postgres is None:
            name = postgres.create()
            environment = clean_environment()
            environment.update(DATABASE_URL=postgres.url_of(name), DATA_DIR=str(self._folder / "postgres"))
            manage(environment, "prepare", "--demo")
            self._postgres = name
        return postgres.create(template=self._postgres)


type Serve = Callable[..., Server]


@contextlib.contextmanager
def servers(templates: Templates) -> Iterator[Servers]:
    running = Servers(templates)
    try:
        yield running
    finally:
        running.close()
