"""The limit of a frame is for what clients send: above it the server closes, and says why. It may send more itself."""

import re

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from core.tests.servers import BEN, Serve
from realtime import protocol
from realtime.closing import Close
from realtime.consumers.note import SUBPROTOCOL
from realtime.tests import said
from realtime.tests.writers import Writer

LIMIT = 200_000


@pytest.mark.slow
def test_it_closes_the_connection_with_the_code_of_the_protocol(serve: Serve) -> None:
    server = serve(FRAME_BYTES=str(LIMIT))
    headers = {"Cookie": server.cookie(BEN)}
    with connect(
        f"{server.ws_url}/ws/feed?topics=home", additional_headers=headers, origin=Origin(server.url)
    ) as socket:
        socket.send(bytes(LIMIT + 1))
        with pytest.raises(ConnectionClosed) as closed:
            list(socket)
    assert closed.value.rcvd is not None, "the line was dropped without a word"
    assert closed.value.rcvd.code == Close.TOO_LARGE
    assert "too-large" in server.log


@pytest.mark.slow
def test_what_the_server_sends_may_be_longer(serve: Serve) -> None:
    server = serve(FRAME_BYTES=str(LIMIT))
    headers = {"Cookie": server.cookie(BEN)}
    note = re.search(r"/notes/[a-z0-9]{16}", server.get("/", BEN)[1])
    assert note, "the demo has no note"
    with connect(
        f"{server.ws_url}/ws{note[0]}",
        additional_headers=headers,
        origin=Origin(server.url),
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        open_timeout=30,
    ) as socket:
        writer = Writer(1_000)
        heard = (said.read(frame) for frame in socket if isinstance(frame, bytes))
        for number in (1, 2):
            socket.send(protocol.update(writer.append("x" * 150_000)))
            next(frame for frame in heard if frame[:2] == ("stored", number))
        socket.send(protocol.step_1({}))
        _, answer = next(frame for frame in heard if frame[0] == "step 2")
    assert len(answer) > 300_000
