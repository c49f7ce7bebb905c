"""However a client cuts its frames, each message is taken once and in order: the short way and the long one agree."""

import contextlib
import re
import socket
import sqlite3
import struct

import pytest

from core.tests.servers import ADA, BEN, Serve, Server
from realtime import protocol
from realtime.closing import Close
from realtime.tests.wire import CONTINUATION, PING, PONG, TEXT, Wire, frame
from realtime.tests.writers import Writer

MEGABYTE = 1024 * 1024


@pytest.fixture
def place(serve: Serve) -> tuple[Server, str]:
    """A server, and the path of a note."""
    server = serve()
    found = re.search(r"/notes/[a-z0-9]{16}", server.get("/", BEN)[1])
    assert found, "the demo has no note"
    return server, found[0]


def updates(writer: Writer, count: int) -> list[bytes]:
    return [protocol.update(writer.append(f"{number} ")) for number in range(count)]


def server_lives(place: tuple[Server, str]) -> bool:
    with Wire(place[0], ADA, place[1]) as wire:
        return bool(wire.hears("step 1"))


def pour(line: socket.socket, data: bytes, *, at_most: int) -> int:
    """Sends it over and over until nothing more is taken. How many bytes were."""
    sent = 0
    with contextlib.suppress(TimeoutError):
        while sent < at_most:
            sent += line.send(data[sent % len(data) :])
    return sent


def test_byte_by_byte(place: tuple[Server, str]) -> None:
    with Wire(place[0], BEN, place[1]) as wire:
        wire.hears("step 1")
        for number, update in enumerate(updates(Writer(77), 5), start=1):
            wire.drip(frame(update))
            assert wire.hears("stored")[1] == number


def test_many_in_one_packet_and_one_cut_anywhere(place: tuple[Server, str]) -> None:
    with Wire(place[0], BEN, place[1]) as wire, Wire(place[0], ADA, place[1]) as other:
        other.hears("step 1")
        wire.hears("step 1")
        stream = b"".join(map(frame, updates(Writer(78), 60)))
        for cut in range(0, len(stream), 97):
            wire.send(stream[cut : cut + 97])
        while wire.hears("stored")[1] < 60:
            pass
        reader = Writer(1)
        while not reader.text.endswith("59 "):
            reader.hear(other.hears("update")[1])
        assert "".join(f"{number} " for number in range(60)) in reader.text


def test_what_is_shown_together_leaves_in_one_write(place: tuple[Server, str]) -> None:
    with Wire(place[0], BEN, place[1]) as wire, Wire(place[0], ADA, place[1]) as other:
        other.hears("step 1")
        wire.hears("step 1")
        writer, before = Writer(81), packets(other)
        cursor = protocol.awareness([protocol.AwarenessEntry(81, 1, '{"cursor": null}')])
        wire.send(frame(protocol.update(writer.append("Together."))) + frame(cursor))
        other.hears("update")
        other.hears("awareness")
        assert packets(other) - before == 1


def packets(wire: Wire) -> int:
    """With data in them, that have come."""
    info = wire.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    return int(struct.unpack_from("I", info, 152)[0])


def test_what_comes_before_the_note_is_loaded_is_taken_first(place: tuple[Server, str]) -> None:
    first, second, third = updates(Writer(79), 3)
    with Wire(place[0], BEN, place[1], at_once=frame(first) + frame(second)) as wire:
        wire.send(frame(third))
        while wire.hears("stored")[1] < 3:
            pass


def test_a_message_in_fragments_with_a_ping_between(place: tuple[Server, str]) -> None:
    first, second = updates(Writer(80), 2)
    with Wire(place[0], BEN, place[1]) as wire:
        wire.hears("step 1")
        wire.send(frame(first[:5], final=False) + frame(b"well?", PING) + frame(first[5:], CONTINUATION))
        heard: list[object] = []
        while not {PONG, "stored"} <= set(heard):
            opcode, payload = wire.next()
            heard.append(PONG if opcode == PONG else "stored" if payload[0] == protocol.Message.STORED else "")
        wire.send(frame(second))
        assert wire.hears("stored")[1] == 2


def test_a_long_message_and_a_short_one_behind_it(place: tuple[Server, str]) -> None:
    writer = Writer(81)
    with Wire(place[0], BEN, place[1]) as wire:
        wire.hears("step 1")
        wire.send(frame(protocol.update(writer.append("x" * 200_000))) + frame(protocol.update(writer.append("y"))))
        while wire.hears("stored")[1] < 2:
            pass
        wire.send(frame(protocol.update(writer.append("z" * 60_000))))
        assert wire.hears("stored")[1] == 3


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(b"\x03", masked=False), None),
        (b"\xc2" + frame(b"\x03")[1:], None),
        (b"\x82\xfe\x00\x01\x11\x22\x33\x44\x12", None),
        (frame(b"hello", TEXT), Close.BAD_FRAME),
        (frame(b""), Close.BAD_FRAME),
        (frame(b"\xff"), Close.BAD_FRAME),
    ],
    ids=["not masked", "reserved bit", "length not in its shortest form", "text", "empty", "no message of ours"],
)
def test_a_frame_that_breaks_the_rules(place: tuple[Server, str], data: bytes, code: int | None) -> None:
    """Those of WebSockets end the line without a word, ours with a code."""
    with Wire(place[0], BEN, place[1]) as wire:
        wire.hears("step 1")
        wire.send(data)
        assert wire.closing_code() == code
    assert server_lives(place)


def test_who_says_more_than_is_taken_must_wait(place: tuple[Server, str]) -> None:
    """The database is busy, the note is not loaded yet, and a client sends and sends."""
    server, note = place
    database = sqlite3.connect(server.data_dir / "commonplace.sqlite3", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    try:
        with Wire(server, BEN, note) as wire:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
            wire.socket.settimeout(1)
            sent = pour(wire.socket, frame(bytes(150_000)), at_most=64 * MEGABYTE)
            assert sent < 16 * MEGABYTE, "the kernel's buffers, and one megabyte of ours"
    finally:
        database.execute("ROLLBACK")
        database.close()
