"""Whatever people do and whatever breaks, at the most talkative level: the log has no word of theirs, and no key."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress

import pytest

from core.tests.browser.hands import EDITOR, Hand
from core.tests.sabotage import Sabotage
from core.tests.servers import ADA, BEN, Serve, Server
from core.tests.services import Postgres, free_port, wait_until
from realtime import protocol
from realtime.tests.wire import TEXT, Wire, frame
from realtime.tests.writers import Writer

WORD, LATER, TITLE = "zanzibarquince", "marmaladeotter", "periwinklegoose"
NAME, ADDRESS, PASSWORD, WRONG = "Grizelda", "grizelda.k@example.org", "tortoise-umbrella-42", "walrus-lantern-17"
KEYS = {
    "SECRET_KEY": "badgerteapot" * 5,
    "METRICS_TOKEN": "heronbicycle",
    "EMAIL_URL": f"smtp://postman:pelicantrumpet@127.0.0.1:{free_port()}",
    "SITE_URL": "http://localhost",
}
OF_DATABASE = "ferretpiano"


class Browser:
    """Somebody with cookies, who fills in forms."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        with suppress(urllib.error.HTTPError):
            return str(self._opener.open(self._server.url + path, timeout=20).read().decode())
        return ""

    def post(self, path: str, **fields: str) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert token, path
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        url = self._server.url + path
        with suppress(urllib.error.HTTPError):
            self._opener.open(urllib.request.Request(url, form, {"Referer": url}), timeout=20).close()

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.jar}


def with_password(server: Server) -> Server:
    """Its PostgreSQL lets everybody in; the server says a password all the same."""
    url = server.environment["DATABASE_URL"]
    server.environment["DATABASE_URL"] = url.replace("commonplace@", f"commonplace:{OF_DATABASE}@")
    return server.restart()


def signs_up_and_in(server: Server, invitation: str) -> list[str]:
    """Grizelda comes by a link, leaves, mistakes her password, and comes back. Returns the keys of her sessions."""
    browser = Browser(server)
    browser.get(invitation)
    browser.post("/accounts/signup/", display_name=NAME, email=ADDRESS, password1=PASSWORD)
    first = browser.cookies
    assert "sessionid" in first, "the sign-up failed"
    browser.post(invitation)
    browser.post("/accounts/logout/")
    browser.post("/accounts/login/", login=ADDRESS, password=WRONG)
    browser.post("/accounts/login/", login=ADDRESS, password=PASSWORD)
    browser.post("/accounts/password/reset/", email=ADDRESS)
    browser.get(f"/accounts/confirm-email/{'ptarmigan' * 3}/")
    browser.get(f"{invitation}?next={invitation}")
    return [first["sessionid"], *browser.cookies.values()]


def writes_and_errs(server: Server, note: str) -> None:
    """Ben types, then sends what is no frame at all, and text."""
    for odd in (frame(WORD.encode()), frame(WORD.encode(), TEXT), frame(protocol.update(WORD.encode()))):
        with Wire(server, BEN, note) as wire:
            wire.hears("step 1")
            wire.send(odd)
            wire.hears("closing")
    with Wire(server, BEN, note) as wire:
        wire.hears("step 1")
        wire.send(frame(protocol.update(Writer(1_000).append(WORD))))
        wire.hears("stored")


def writes_in_vain(server: Server, note: str) -> None:
    with Wire(server, BEN, note) as wire:
        wire.hears("step 1")
        wire.send(frame(protocol.update(Writer(2_000).append(LATER))))
        wire.hears("trouble")


def saboteur(server: Server, note: str) -> None:
    """The same again, and the database takes none of it."""
    sabotage = Sabotage(server)
    sabotage.refuse("notes_noteupdate")
    writes_in_vain(server, note)
    sabotage.refuse("accounts_user")
    Browser(server).post("/accounts/signup/", display_name=NAME, email=f"2{ADDRESS}", password1=PASSWORD)
    sabotage.refuse("notes_note", "UPDATE")
    with suppress(urllib.error.HTTPError):
        Hand(server, BEN).post(f"{note}rename", title=LATER)


def everything(server: Server) -> None:
    ada = Hand(server, ADA)
    notebook = ada.begin_notebook(TITLE)
    Hand(server, BEN).post(ada.invite(notebook, EDITOR))
    invitation, note = ada.invite(notebook, EDITOR), ada.begin_note(notebook, TITLE)
    sessions = signs_up_and_in(server, invitation)
    writes_and_errs(server, note)
    saboteur(server, note)
    wait_until(lambda: "is tried again later" in server.log, "the mail server is away")
    server.stop()
    log = server.log
    for witness in ("bad-frame", "could not be saved", "Internal Server Error", "flushed", "/invitations/***"):
        assert witness in log, f"{witness}: did it happen at all?"
    secrets = [WORD, LATER, TITLE, NAME, ADDRESS, PASSWORD, WRONG, OF_DATABASE, "pelicantrumpet", "ptarmigan"]
    secrets += [invitation.rsplit("/", 1)[-1], server.cookie(ADA).split("sessionid=")[1].split(";")[0]]
    secrets += [KEYS["SECRET_KEY"], KEYS["METRICS_TOKEN"], *(session for session in sessions if len(session) > 10)]
    found = [secret for secret in secrets if secret in log or secret.encode().hex() in log]
    assert not found, [line for line in log.splitlines() if any(secret in line for secret in found)]


@pytest.mark.slow
def test_on_sqlite(serve: Serve) -> None:
    everything(serve(LOG_LEVEL="DEBUG", LOG_FORMAT="json", **KEYS))


@pytest.mark.slow
@pytest.mark.postgres
def test_on_postgres(serve: Serve, postgres: Postgres) -> None:
    everything(with_password(serve(postgres=postgres, LOG_LEVEL="DEBUG", LOG_FORMAT="json", **KEYS)))


@pytest.mark.slow
def test_where_we_develop(serve: Serve) -> None:
    everything(serve(LOG_LEVEL="DEBUG", LOG_FORMAT="lines", **KEYS))
