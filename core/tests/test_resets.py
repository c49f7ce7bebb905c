"""Connections that their peers reset, as by phones that leave a network: the server learns of each."""

import socket
import struct
import urllib.request

import pytest

from core.tests.browser.hands import begin
from core.tests.servers import ADA, BEN, Serve, Server
from core.tests.services import wait_until
from realtime.tests.wire import PING, PONG, Wire, frame

RESETS = 20
TOKEN = "metrics"
NO_LINGER = struct.pack("ii", 1, 0)


def reset(wire: Wire) -> None:
    """The last words and the reset arrive together: there is something to read, and nothing fails in reading it."""
    wire.send(frame(b"", PONG) * 1000)
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    wire.socket.close()


def sockets(server: Server) -> int:
    request = urllib.request.Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    (line,) = (line for line in lines if line.startswith("commonplace_members "))
    return int(float(line.split()[-1]))


@pytest.mark.slow
def test_who_is_reset_is_gone_and_the_others_are_asked_whether_they_live(serve: Serve) -> None:
    server = serve(PING_SECONDS="1", METRICS_TOKEN=TOKEN)
    note = begin(server).note
    with Wire(server, ADA, note) as hers:
        for _ in range(RESETS):
            wire = Wire(server, BEN, note)
            wire.hears("step 1")
            reset(wire)
        for _ in range(4):  # long after whoever was reset should have been asked
            while (got := hers.next())[0] != PING:
                pass
            hers.send(frame(got[1], PONG))
        wait_until(lambda: sockets(server) == 1, "only Ada is left")
    assert server.stop() == 0
    assert "Traceback" not in server.log
