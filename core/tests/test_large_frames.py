"""A frame above the limit never comes to the application: the server closes the connection, and says why."""

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from core.tests.servers import BEN, Serve
from realtime.closing import Close

LIMIT = 50_000


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
