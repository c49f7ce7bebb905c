"""Who gets which answer from every page: 200, the door (302), refused (403), or nothing there (404)."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.accounts.models import User
from notes.models import Note, Notebook

CAST = ["ada", "ben", "dana", "cleo", "mallory", None]  # owner, editor, commenter, viewer, stranger, nobody
READ = [200, 200, 200, 200, 404, 302]
ORGANISE = [200, 200, 403, 403, 404, 302]
SIGNED_IN = [200, 200, 200, 200, 200, 302]

PAGES: dict[str, list[int]] = {
    "/": SIGNED_IN,
    "/removed": SIGNED_IN,
    "/palette": SIGNED_IN,
    "/palette?q=tcp": SIGNED_IN,
    "/activity": SIGNED_IN,
    "/activity?before=99": SIGNED_IN,
    "/notebooks/new": SIGNED_IN,
    "/notes/new": SIGNED_IN,
    "/accounts/profile/": SIGNED_IN,
    "/accounts/email/": SIGNED_IN,
    "/accounts/logout/": SIGNED_IN,
    "/notebooks/{networking}/": READ,
    "/notebooks/{networking}/people": READ,
    "/activity?before=99&topic=notebook:{networking}": READ,
    "/notes/{handshake}/": READ,
    "/notes/{handshake}/read": READ,
    "/activity?before=99&topic=note:{handshake}": READ,
    "/notebooks/{networking}/settings": ORGANISE,
    "/notebooks/{networking}/move": ORGANISE,
    "/notebooks/{networking}/notes/new": ORGANISE,
    "/notebooks/new?in={networking}": ORGANISE,
    "/notes/{handshake}/move": ORGANISE,
    "/notes/nosuchnote/": [404] * 5 + [302],
    "/notebooks/nosuchnotebook/": [404] * 5 + [302],
    "/activity?before=x": [404] * 5 + [302],
    "/activity?before=9&topic=moon": [404] * 5 + [302],
}
DEEDS: dict[str, list[int]] = {
    # A deed that is done answers 302 too: to the page that shows it.
    "/notes/{handshake}/archive": [302, 302, 403, 403, 404, 302],
    "/notes/{handshake}/delete": [302, 302, 403, 403, 404, 302],
    "/notes/{handshake}/reorder": [302, 302, 403, 403, 404, 302],
    "/notes/{handshake}/rename": [422, 422, 403, 403, 404, 302],
    "/notes/{handshake}/restore": [302, 302, 403, 403, 404, 302],
    "/notebooks/{networking}/archive": [302, 302, 403, 403, 404, 302],
    "/notebooks/{networking}/unarchive": [302, 302, 403, 403, 404, 302],
    "/notebooks/{networking}/delete": [302, 403, 403, 403, 404, 302],
    "/notebooks/{networking}/restore": [302, 403, 403, 403, 404, 302],
    "/notebooks/{networking}/people/invite": [422, 403, 403, 403, 404, 302],
    "/notebooks/{networking}/people/nobody/role": [404, 403, 403, 403, 404, 302],
    "/notebooks/{networking}/people/nobody/remove": [404, 403, 403, 403, 404, 302],
    "/notebooks/{networking}/people/invitations/00/revoke": [404, 403, 403, 403, 404, 302],
    "/notebooks/{networking}/people/invitations/zz/revoke": [404, 403, 403, 403, 404, 302],
    "/notebooks/new": [422, 422, 422, 422, 422, 302],
}


@pytest.fixture
def ask(
    client: Client, ada: User, ben: User, dana: User, cleo: User, mallory: User, networking: Notebook, handshake: Note
) -> Callable[[str, str | None, str], int]:
    people = {"ada": ada, "ben": ben, "dana": dana, "cleo": cleo, "mallory": mallory}

    def ask(method: str, name: str | None, url: str) -> int:
        client.logout()
        if name:
            client.force_login(people[name])
        path = url.format(networking=networking.public_id, handshake=handshake.public_id)
        status: int = client.generic(method, path).status_code
        return status

    return ask


@pytest.mark.parametrize("url", PAGES)
def test_a_page_opens_for_those_who_may(url: str, ask: Callable[[str, str | None, str], int]) -> None:
    assert [ask("GET", name, url) for name in CAST] == PAGES[url]


@pytest.mark.parametrize("url", DEEDS)
def test_a_deed_is_done_by_those_who_may(url: str, ask: Callable[[str, str | None, str], int]) -> None:
    # The weakest first: what is deleted is there no more for those who may not bring it back.
    assert [ask("POST", name, url) for name in reversed(CAST)] == DEEDS[url][::-1]


@pytest.mark.parametrize("url", [url for url in DEEDS if url not in ("/notebooks/new",)])
def test_a_deed_is_never_done_by_a_link(url: str, ask: Callable[[str, str | None, str], int]) -> None:
    assert ask("GET", "ada", url) == 405


def test_after_signing_in_one_stands_before_the_page_one_asked_for(client: Client, handshake: Note) -> None:
    url = f"/notes/{handshake.public_id}/"
    assert client.get(url)["Location"] == f"/accounts/login/?next={url}"


def test_htmx_is_told_that_nobody_is_signed_in(client: Client, handshake: Note) -> None:
    answer = client.get(f"/notes/{handshake.public_id}/read", headers={"HX-Request": "true"})
    assert answer.status_code == 401
