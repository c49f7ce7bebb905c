"""A server that ends tells those who wait for news by a plain request."""

import re
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.tests.servers import BEN, Serve, Server
from realtime.closing import Close
from realtime.tests import said
from realtime.tests.said import Reader, Said


def ask(server: Server, note: str, **query: object) -> tuple[int, list[Said], str]:
    """Status and messages of one request of Ben's, and what he has heard then."""
    address = f"{server.url}/sync{note}?line=1234567890abcdef&{urllib.parse.urlencode(query)}"
    headers = {"Cookie": server.cookie(BEN), "Origin": server.url, "Content-Type": "application/octet-stream"}
    request = urllib.request.Request(address, b"", headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    reader = Reader(body)
    stream, first, messages = reader.string(), reader.number(), []
    while reader.at < len(body):
        messages.append(said.read(reader.bytes()))
    return status, messages, f"{stream}.{first + len(messages) - 1}"


@pytest.mark.slow
def test_they_are_told_to_come_back(serve: Serve) -> None:
    server = serve()
    found = re.search(r"/notes/[a-z0-9]{16}", server.get("/", BEN)[1])
    assert found, "the demo has no note"
    note = found[0]
    _, _, heard = ask(server, note)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(ask, server, note, heard=heard, wait=25)
        # By the time that one which came later is answered, the first one waits.
        assert ask(server, note, heard=heard, wait=1)[:2] == (200, [])
        assert not waiting.done()
        assert server.stop() == 0
        assert waiting.result()[:2] == (503, [("closing", Close.RESTARTING)])
