"""Drives a whole installation of Docker Compose, beside any other: two web processes, a worker, a proxy in front.

Somebody signs up and invites somebody else; each writes through another web process; then one process is killed, and
later Redis and PostgreSQL. What is said at the end was typed, is stored, and is there once.
"""

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from websockets.sync.client import connect
from websockets.typing import Origin

from core.tests.browser.hands import EDITOR, Hand
from core.tests.servers import Server
from core.tests.services import wait_until
from realtime.tests.peers import node
from realtime.tests.peers.lines import ChildError
from realtime.tests.peers.node import Host, Peer, converge
from realtime.tests.peers.stage import Person
from scripts.trouble import ROOT

PROJECT = "commonplace-smoke"
WEB, PROXY, TLS = 18000, 18080, 18443
SITE = f"http://localhost:{PROXY}"
PASSWORD = "three-segments-are-enough"
SETTINGS = {
    "COMPOSE_PROJECT_NAME": PROJECT,
    "COMPOSE_PROFILES": "proxy",
    "PORT": f"{WEB}-{WEB + 1}",
    "PROXY_HTTP_PORT": str(PROXY),
    "PROXY_HTTPS_PORT": str(TLS),
    "SITE_URL": SITE,
}
STARTED = time.monotonic()


def compose(*words: str) -> str:
    command = ["docker", "compose", *words]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **SETTINGS}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-6000:]}")
    return done.stdout


def say(what: str) -> None:
    print(f"{time.monotonic() - STARTED:7.1f} s  {what}", flush=True)


@contextmanager
def installation() -> Iterator[None]:
    compose("down", "--volumes", "--remove-orphans")
    compose("build")
    say("built")
    begun = time.monotonic()
    try:
        compose("up", "--detach", "--wait", "--scale", "web=2")
        say(f"everything is healthy, {time.monotonic() - begun:.1f} s from nothing")
        yield
    except BaseException:
        print(compose("logs", "--tail", "60", "--no-color", "web", "worker", "beat", "proxy"))
        raise
    finally:
        compose("down", "--volumes", "--remove-orphans")


# --- Doors -------------------------------------------------------------------------------------------------------


class Door(Server):
    """A way in that somebody else serves."""

    def __init__(self, port: int) -> None:
        super().__init__({}, Path(tempfile.gettempdir()))
        self.port = port

    def know(self, email: str, cookie: str) -> None:
        self._cookies[email] = cookie


def web_ports() -> list[int]:
    """Of the processes that run, in the order of their numbers."""
    listed = [json.loads(line) for line in compose("ps", "--format", "json", "web").splitlines()]
    listed.sort(key=lambda one: one["Name"])
    return [int(each["PublishedPort"]) for one in listed for each in one["Publishers"] if each["PublishedPort"]]


def sign_up(door: Door, name: str, invitation: str = "") -> Person:
    """By the form, as anybody does it. Who was invited is a member afterwards."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = f"{door.url}/accounts/signup/"
    html = browser.open(page, timeout=20).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert token, "the page to sign up has no CSRF token"
    email = f"{name.lower()}@example.org"
    form = {"csrfmiddlewaretoken": token[1], "display_name": name, "email": email, "password1": PASSWORD}
    body = urllib.parse.urlencode({**form, "next": invitation}).encode()
    browser.open(urllib.request.Request(page, body, {"Referer": page}), timeout=20).read()
    cookie = "; ".join(f"{each.name}={each.value}" for each in jar)
    assert "sessionid" in cookie, f"{name} could not sign up"
    door.know(email, cookie)
    return Person(name, cookie, id="", key=0)  # whom the database knows by another id: it is not asked for


# --- What is tried -----------------------------------------------------------------------------------------------


class Session:
    """Two people in one note, who type all the time, each at a process of their own."""

    def __init__(self, proxy: "Door", *writers: Peer) -> None:
        self.proxy = proxy
        self.writers = writers
        self.pieces: list[str] = []

    @contextmanager
    def typing(self) -> Iterator[None]:
        for writer in self.writers:
            writer.start_typing(every=40)
        try:
            yield
        finally:
            for writer in self.writers:
                self.pieces += writer.stop_typing()

    def grows(self, by: int = 200) -> None:
        """Each goes on to see what the other writes."""
        for writer in self.writers:
            size = len(writer.text)
            writer.waits(lambda state, size=size: len(state["text"]) > size + by, "sees more", 60)  # type: ignore[misc]

    def holds(self, what: str) -> None:
        """Everybody has the same, it is stored, and each piece is there once."""
        for writer in self.writers:
            wait_until(partial(comes_by, writer, self.proxy), "comes back by the proxy", 60)
        text = converge(*self.writers, seconds=60)
        lost = [piece for piece in self.pieces if piece not in text]
        doubled = [piece for piece in self.pieces if text.count(piece) > 1]
        assert not lost, f"{what}: lost {lost}"
        assert not doubled, f"{what}: doubled {doubled}"
        say(f"{what}: {len(self.pieces)} pieces, none lost, none doubled")


def comes_by(writer: Peer, door: Door) -> bool:
    if not writer.state["online"]:
        try:
            writer.move_to(door)
        except ChildError:
            return False
    return True


def feed_moves(cookie: str, act: Any) -> None:
    """The home page's socket, through the proxy, is told of what happens."""
    headers = {"Cookie": cookie}
    address = f"ws://localhost:{PROXY}/ws/feed?topics=home&after="
    with connect(address, origin=Origin(SITE), additional_headers=headers) as socket:
        act()
        deadline = time.monotonic() + 30
        while "activity-" not in str(socket.recv(timeout=max(0.1, deadline - time.monotonic()))):
            pass
    say("the feed moved")


def replace(session: Session) -> None:
    """Every web process gives way to a new one, as in an upgrade; whoever was there comes back by the proxy."""
    with session.typing():
        for old in compose("ps", "--all", "--quiet", "web").split():
            subprocess.run(["docker", "stop", old], check=True, capture_output=True)
            subprocess.run(["docker", "rm", old], check=True, capture_output=True)
            compose("up", "--detach", "--wait", "--no-recreate", "--no-deps", "--scale", "web=2", "web")
            for writer in session.writers:
                wait_until(partial(comes_by, writer, session.proxy), "comes back by the proxy", 60)
            session.grows()
    session.holds("each web process was replaced")


def strike(service: str, session: Session) -> None:
    """kill -9 in the middle of typing, and the container is started again."""
    with session.typing():
        session.grows()
        compose("kill", "--signal", "KILL", service)
        time.sleep(3)  # in which they type on, and nothing can be stored or passed on
        compose("up", "--detach", "--wait", "--no-recreate", "--no-deps", service)
        session.grows()
    session.holds(f"{service} was killed")


def main() -> int:
    node.ensure_packages()
    with installation():
        proxy = Door(PROXY)
        ada = sign_up(proxy, "Ada")
        hand = Hand(proxy, "ada@example.org")
        notebook = hand.begin_notebook("Smoke")
        ben = sign_up(proxy, "Ben", hand.invite(notebook, EDITOR))
        feed_moves(ben.cookie, lambda: hand.begin_note(notebook, "The first"))
        note = hand.begin_note(notebook, "Two processes").strip("/").split("/")[-1]
        say("two people signed up, one by invitation")
        export = hand.post(f"{notebook}export")[0]
        wait_until(lambda: f"{export}file" in proxy.get(export, "ada@example.org")[1], "the worker makes an export", 60)
        wait_until(lambda: "confirm-email" in compose("logs", "--no-color", "worker"), "the worker sends mail", 90)
        say("the worker made an export and sent mail")

        first, second = (Door(port) for port in web_ports())
        host = Host()
        try:
            # Past the proxy, so that each is at a process of its own.
            writers = (host.peer(ada, first, note, origin=SITE), host.peer(ben, second, note, origin=SITE))
            session = Session(proxy, *writers)
            with session.typing():
                session.grows()
            session.holds("two web processes")
            with session.typing():
                session.grows()
                subprocess.run(["docker", "kill", f"{PROJECT}-web-1"], check=True, capture_output=True)
                # Whoever was there comes back by the proxy, which leaves out the process that is gone.
                session.writers[0].leave()
                wait_until(partial(comes_by, session.writers[0], proxy), "comes back by the proxy", 60)
                session.grows()
            session.holds("a web process was killed")
            replace(session)
            for service in ("redis", "postgres"):
                strike(service, session)
            fresh = host.peer(ben, proxy, note)
            assert converge(fresh, *session.writers, seconds=60) == session.writers[0].text
            say(f"who comes new reads the same {len(fresh.text)} characters")
        finally:
            host.close()
    say("all of it holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
