"""Every kind of page there is, so that what must hold everywhere is tried everywhere."""

import re
from dataclasses import dataclass

from core.tests.browser.hands import CLEO, VIEWER, Hand
from core.tests.servers import ADA, Server

OUTSIDE = {
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "forgotten password": "/accounts/password/reset/",
    "link is on its way": "/accounts/password/reset/done/",
    "password link used up": "/accounts/password/reset/key/1-used-up/",
    "confirm address": "/accounts/confirm-email/",
    "invitation": "{invitation}",
    "not found, outside": "/invitations/of-nobody",
}
INSIDE = {
    "home": "/",
    "palette": "/palette",
    "removed": "/removed",
    "new notebook": "/notebooks/new",
    "notebook": "{notebook}",
    "notebook settings": "{notebook}settings",
    "people": "{notebook}people",
    "move notebook": "{notebook}move",
    "export": "{export}",
    "empty notebook": "{empty_notebook}",
    "archived notebook": "{archived_notebook}",
    "deleted notebook": "{deleted_notebook}",
    "new note": "/notes/new",
    "note": "{note}",
    "reading page": "{note}read",
    "move note": "{note}move",
    "empty note": "{empty_note}",
    "archived note": "{archived_note}",
    "deleted note": "{deleted_note}",
    "profile": "/accounts/profile/",
    "addresses": "/accounts/email/",
    "delete the account": "/accounts/close/",
    "password": "/accounts/password/change/",
    "second factor": "/accounts/2fa/",
    "password, once more": "/accounts/2fa/totp/activate/",
    "sign-out": "/accounts/logout/",
    "invitation": "{invitation}",
    "not found": "/notes/of-nobody/",
}
READING = {
    "note, reader": "{note}",
    "notebook, reader": "{notebook}",
    "not allowed": "{notebook}settings",
}


@dataclass(frozen=True)
class Ground:
    """Paths of things in every state, Ada's."""

    notebook: str
    note: str
    export: str
    invitation: str
    empty_notebook: str
    empty_note: str
    archived_notebook: str
    archived_note: str
    deleted_notebook: str
    deleted_note: str

    def path(self, pattern: str) -> str:
        return pattern.format(**vars(self))


def lay(server: Server) -> Ground:
    ada = Hand(server, ADA)
    _, home = server.get("/", ADA)
    notebook = _link(home, "/notebooks/", "Networking")
    empty, archived, deleted = (ada.begin_notebook(f"{state} notebook") for state in ("Empty", "Archived", "Deleted"))
    notes = [ada.begin_note(notebook, f"{state} note") for state in ("Empty", "Archived", "Deleted")]
    for thing, deed in ((archived, "archive"), (deleted, "delete"), (notes[1], "archive"), (notes[2], "delete")):
        ada.post(f"{thing}{deed}")
    return Ground(
        notebook=notebook,
        note=_link(server.get(notebook, ADA)[1], "/notes/", "TCP handshake"),
        export=ada.post(f"{notebook}export")[0],
        invitation=ada.invite(notebook, VIEWER),
        empty_notebook=empty,
        empty_note=notes[0],
        archived_notebook=archived,
        archived_note=notes[1],
        deleted_notebook=deleted,
        deleted_note=notes[2],
    )


def _link(page: str, kind: str, title: str) -> str:
    for path, rest in re.findall(rf'href="({kind}\w{{16}}/)"([^>]*>(?:<[^>]*>)*[^<]*)', page):
        if title in rest:
            return str(path)
    raise AssertionError(f"no link to {title}")


ALL = [
    *(("", name, path) for name, path in OUTSIDE.items()),
    *((ADA, name, path) for name, path in INSIDE.items()),
    *((CLEO, name, path) for name, path in READING.items()),
]
