"""People at work without a browser: what a test needs before it begins."""

import re
import urllib.parse
import urllib.request
from dataclasses import dataclass

from core.tests.servers import ADA, BEN, Server

CLEO = "cleo@example.org"
VIEWER, COMMENTER, EDITOR, OWNER = "10", "20", "30", "40"


class Hand:
    """Posts the forms of the pages as `email`."""

    def __init__(self, server: Server, email: str) -> None:
        self._server = server
        self._email = email

    def post(self, path: str, **fields: str) -> tuple[str, str]:
        """The path that it led to, and the page there."""
        _, home = self._server.get("/removed", self._email)
        token = re.search(r'name="csrf-token" content="([^"]+)"', home)
        assert token, "no CSRF token on the page"
        url = self._server.url + path
        headers = {"Cookie": self._server.cookie(self._email), "Referer": url}
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, form, headers), timeout=20) as answer:
            return urllib.parse.urlsplit(answer.geturl()).path, answer.read().decode()

    def begin_notebook(self, title: str) -> str:
        return self.post("/notebooks/new", title=title, cloth="1")[0]

    def begin_note(self, notebook: str, title: str) -> str:
        return self.post(f"{notebook}notes/new", title=title)[0]

    def invite(self, notebook: str, role: str) -> str:
        """The path of the link."""
        _, page = self.post(f"{notebook}people/invite", role=role)
        link = re.search(r'id="invitation-link" readonly value="[^"]*(/invitations/[^"]+)"', page)
        assert link, "no link on the page"
        return link[1]


@dataclass(frozen=True)
class Place:
    """Paths of a notebook and of the one note in it."""

    notebook: str
    note: str


def begin(
    server: Server, title: str = "Sockets", *, editors: tuple[str, ...] = (BEN,), viewers: tuple[str, ...] = ()
) -> Place:
    """A notebook of Ada's with one empty note."""
    ada = Hand(server, ADA)
    notebook = ada.begin_notebook(f"About {title.lower()}")
    for role, people in ((EDITOR, editors), (VIEWER, viewers)):
        for person in people:
            Hand(server, person).post(ada.invite(notebook, role))
    return Place(notebook, ada.begin_note(notebook, title))


def give(server: Server, notebook: str, person: str, role: str) -> None:
    """Ada changes somebody's role on the page of people."""
    _, page = server.get(f"{notebook}people", ADA)
    for form in page.split("<li"):
        if person in form and (action := re.search(r'action="([^"]+/role)"', form)):
            Hand(server, ADA).post(action[1], role=role)
            return
    raise AssertionError(f"{person} is no member")
